import type { Backend } from '../backend/v1.js'
import { refusePromise } from '../errors/check.js'
import { NeuriteError } from '../errors/index.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { flattenTree, isKey, isTensor, tensorsIn, unflattenTree, type Structure } from '../tensor/tree.js'
import { defaultBackend } from '../backend/default.js'
import { withTrace } from './active-trace.js'
import type { Call, Origin } from './call.js'
import { eliminateDeadCode, renumber, simplify } from './passes.js'
import type { Instruction, Program, ValueId } from './program.js'
import { signatureOf } from './signature.js'
import { Trace } from './trace.js'

/** A function turned into a program. */
export interface Staged {
  readonly program: Program
  readonly call: Call
  /** The tensors the function closed over, in the order of the program's captured inputs. */
  readonly captured: readonly Tensor[]
}

/** The backend of a call: that of its first tensor, else the default. */
export function backendOf(args: readonly unknown[]): Backend {
  return tensorsIn(args)[0]?.backend ?? defaultBackend()
}

/** Runs `f` on symbols and returns what it did, as recorded, with the result's tensors as the program's outputs. */
export function record(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  backend: Backend,
  donate: readonly number[],
) {
  const trace = new Trace(backend)
  const symbols = args.map((arg, position) => {
    const leaves: unknown[] = []
    const structure = flattenTree(arg, leaves)
    const symbol = (leaf: unknown): unknown => {
      if (isTensor(leaf)) return trace.addInput(leaf, donate.includes(position))
      return isKey(leaf) ? trace.addKey() : leaf
    }
    return unflattenTree(structure, leaves.map(symbol))
  })
  const leaves: unknown[] = []
  const outputs: ValueId[] = []
  const run = (): Structure => {
    const result = f(...(symbols as never[]))
    refusePromise('compile', result)
    const structure = flattenTree(result, leaves)
    for (const leaf of leaves) if (isTensor(leaf)) outputs.push(trace.valueOf(leaf))
    return structure
  }
  let result: Structure
  try {
    // The structure holds no tensors: what f made for real while it was traced lives on in the trace's own handles alone.
    result = withTrace(trace, () => tidy(run))
  } catch (error) {
    for (const tensor of trace.captured) tensor.dispose()
    throw error
  }
  const program: Program = { inputs: trace.inputs, keys: trace.keys, instructions: trace.instructions, outputs }
  return { program, captured: trace.captured, result, leaves }
}

/**
 * Records `f` and makes the program ready for a backend: optimized, views resolved, each output once.
 *
 * @param apart - of a program that goes in circles: each result is an output of its own, but those of these inputs, the first, that
 * are the results of the same place
 */
export function stage(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  backend: Backend,
  donate: readonly number[],
  apart?: number,
): Staged {
  const { structure, leaves: specs } = signatureOf(args)
  const { program: recorded, captured, result, leaves } = record(f, args, backend, donate)
  try {
    checkKeys(recorded)
  } catch (error) {
    for (const tensor of captured) tensor.dispose()
    throw error
  }
  const program = apart === undefined ? simplify(recorded) : setApart(simplify(recorded), apart)
  const defined = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const sources = program.outputs.map((id) => sourceOf(defined, id))
  const inputIndex = new Map(program.inputs.map(({ id }, index) => [id, index]))
  const unique = [...new Set(sources)].filter((id) => !inputIndex.has(id))
  let output = 0
  const origins = leaves.map((leaf): Origin => {
    if (!isTensor(leaf)) return { from: 'static', value: leaf }
    const { shape, dtype } = leaf
    const source = sources[output++]!
    const input = inputIndex.get(source)
    return input === undefined
      ? { from: 'output', index: unique.indexOf(source), shape, dtype }
      : { from: 'input', index: input, shape, dtype }
  })
  const results = new Set(origins.flatMap((origin) => (origin.from === 'input' ? [origin.index] : [])))
  const passed = [...results].filter((index) => program.inputs[index]!.donated)
  const inputs = program.inputs.map((input, index) => ({ ...input, donated: input.donated && !results.has(index) }))
  return {
    program: renumber(eliminateDeadCode({ ...program, inputs, outputs: unique })),
    call: {
      structure,
      leaves: specs,
      inputs: specs.flatMap(({ kind }, leaf) => (kind === 'tensor' ? [leaf] : [])),
      keys: specs.flatMap(({ kind }, leaf) => (kind === 'key' ? [leaf] : [])),
      passed,
      result,
      origins,
    },
    captured,
  }
}

/** What a value is a view of. */
function sourceOf(defined: ReadonlyMap<ValueId, Instruction>, id: ValueId): ValueId {
  const made = defined.get(id)
  return made?.primitive === 'reshape' ? sourceOf(defined, made.inputs[0]!) : id
}

/** Copies results that are inputs, or stand twice; not the first ones where they are the input of their place. */
function setApart(program: Program, passing: number): Program {
  const { inputs, instructions } = program
  const defined = new Map(instructions.map((instruction) => [instruction.id, instruction]))
  const specs = new Map([...inputs, ...instructions].map((value) => [value.id, value]))
  const taken = new Set(inputs.map(({ id }) => id))
  let next = 1 + Math.max(-1, ...specs.keys())
  const copies: Instruction[] = []
  const outputs = program.outputs.map((id, i) => {
    const source = sourceOf(defined, id)
    if (i < passing && source === inputs[i]!.id) return id
    if (!taken.has(source)) {
      taken.add(source)
      return id
    }
    const { shape, dtype } = specs.get(source)!
    copies.push({ id: next, primitive: 'broadcastTo', inputs: [source], params: { shape }, shape, dtype })
    return next++
  })
  return { ...program, instructions: [...instructions, ...copies], outputs }
}

/** Refuses random numbers from a key that is no argument: every call would get the same ones, the same dropout at every step. */
function checkKeys({ instructions }: Program): void {
  for (const { primitive, params, scope } of instructions) {
    if (primitive === 'random' && !('input' in params.key))
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `compile: ${scope ?? 'the function'} draws from a random key that is no argument: every call would get the same numbers; make the key an argument, or draw outside.`,
        { scope },
      )
  }
}
