import {
  BYTES_PER_ELEMENT,
  NeuriteError,
  schedule,
  type DType,
  type Program,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import { FunctionWriter } from '../encode/function.js'
import { ownMemory } from '../encode/memory.js'
import { encodeModule } from '../encode/module.js'
import { withCallees } from '../kernels/callees.js'
import type { LibraryFunction } from '../kernels/library.js'
import type { ScratchSizes } from '../kernels/scratch.js'
import { Linker } from '../lower/linker.js'
import { link, lowerSteps, type Named } from '../lower/program.js'
import { group } from '../nest/group.js'
import { align, settle } from './settle.js'

/** A program of one varying input and one result. */
export interface Prediction {
  readonly program: Program
  /** Which input varies. */
  readonly x: number
  /** What is in the others, by their places. */
  readonly weights: ReadonlyMap<number, TypedArray>
  /** An output of the program, or an input. */
  readonly result: { readonly from: 'output' | 'input'; readonly index: number } & TensorSpec
}

/** What the module says of its arrays: the loader reads them by it. */
export const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'bool']

/** Where the arena begins. Nothing lies at address 0, as with the backend. */
const ARENA = 16
/** Vectors may be read this far beyond the last value. */
const MARGIN = 64
const PAGE = 65536
/** The most that a module takes: addresses are int32. */
const MOST = 2 ** 31

/** Math has these: `host: Math` is what the loader gives. The others that generated code may call are the backend's own. */
const MATH: ReadonlySet<string> = new Set(['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tanh'])

/**
 * The prediction as a module that needs no other: `predict()` reads the numbers at `input` and writes those at `output`.
 *
 * @throws NeuriteError `NOT_SUPPORTED` for random numbers, for functions that neither the module nor Math has, and for what is too large
 */
export function writeModule(
  { program, x, weights, result }: Prediction,
  library: ReadonlyMap<string, LibraryFunction>,
  sizes: ScratchSizes,
): Uint8Array<ArrayBuffer> {
  if (program.instructions.some(({ primitive }) => primitive === 'random'))
    throw refusal(
      'the function draws random numbers, which come from outside; leave out dropout and noise, as models do outside of training',
    )
  const scheduled = schedule(program, { fuse: group })
  const from = result.from === 'input' ? result.index : scheduled.outputs[result.index]!
  const read = new Set([x, from, ...scheduled.steps.flatMap(({ operands, out }) => [...operands, out])])
  const { plan, start, weights: bytes } = settle(scheduled, weights, (slot) => read.has(slot))

  const linker = new Linker(library, withCallees)
  const { once, each, frame, scratch } = lowerSteps(plan, linker, sizes, false)
  const whole = (first: number, parts: readonly FunctionWriter[]): FunctionWriter => {
    const f = new FunctionWriter(0)
    for (const i of parts.keys()) linker.callOwn(f, first + i, [() => void f.i32(ARENA)])
    return f
  }
  const written: Named[] = [...once, ...each].map((f) => ({ f }))
  if (once.length > 0) written.push({ f: whole(0, once), isStart: true })
  written.push({ f: whole(once.length, each), exported: 'predict' })
  const { imports, functions } = link(linker, written)
  const unknown = imports.find(({ name }) => !MATH.has(name))
  if (unknown !== undefined)
    throw refusal(
      `the function '${unknown.name}' of ${unknown.params.includes(I32) ? 'int32' : 'float64'} is none of Math; use float32 for it`,
    )

  // The frame: of all that would come from outside, the address of the scratch memory is left.
  const scratchAt = ARENA + align(frame + BYTES_PER_ELEMENT.int32)
  const length = scratchAt + scratch + MARGIN
  if (length > MOST) throw refusal(`it needs ${length} bytes, and has room for ${MOST}; take a smaller batch`)
  const data = new Uint8Array(scratch > 0 ? frame + BYTES_PER_ELEMENT.int32 - start : bytes.length)
  data.set(bytes)
  if (scratch > 0) new DataView(data.buffer).setInt32(frame - start, scratchAt, true)

  const numbers = (name: string, slot: number, dtype: DType): Record<string, number> => ({
    [name]: ARENA + plan.slots[slot]!.offset,
    [`${name}Length`]: plan.slots[slot]!.length,
    [`${name}Type`]: DTYPES.indexOf(dtype),
  })
  return encodeModule({
    imports,
    functions,
    memory: ownMemory({
      pages: Math.ceil(length / PAGE),
      data: { address: ARENA + start, bytes: data },
      numbers: { ...numbers('input', x, program.inputs[x]!.dtype), ...numbers('output', from, result.dtype) },
    }),
  })
}

const I32 = 0x7f

function refusal(why: string): NeuriteError {
  return new NeuriteError('NOT_SUPPORTED', `toWasm: ${why}.`)
}
