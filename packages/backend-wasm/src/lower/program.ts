import { operationOf, sizeOf, type Schedule, type Step } from '@neurite/core'
import { encodeBody } from '../encode/bytes.js'
import { FunctionWriter } from '../encode/function.js'
import { encodeModule, type DefinedFunction, type ImportedFunction } from '../encode/module.js'
import { TYPE_BYTES, type Instruction } from '../encode/opcodes.js'
import type { LibraryFunction } from '../kernels/library.js'
import type { ScratchSizes } from '../kernels/scratch.js'
import type { Group } from '../nest/group.js'
import { sharedNest, sharedRows, type Shared } from '../nest/share.js'
import type { Placed, Task } from '../nest/task.js'
import { tasksOf } from '../nest/tasks.js'
import { lowerCall, scratchOf, SUFFIX } from './calls.js'
import { Linker } from './linker.js'
import { lowerMatmul } from './matmul.js'
import { lowerNest } from './nest.js'
import { pointerTo, type Place } from './place.js'
import { lowerRows } from './rows.js'
import { isTransposition, lowerTransposition } from './transposition.js'

/**
 * A program's code: a module whose `prepare` makes the constants, once, and whose `run` runs everything else. Both take the
 * address of the arena, in which constants and temporaries lie, and behind them the frame: the addresses of what comes from
 * outside and goes there.
 */
export interface Code {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly imports: readonly ImportedFunction[]
  /** Where the frame begins in the arena, in bytes. Its first entry is the address of the scratch memory, then one for each slot. */
  readonly frame: number
  /** Bytes of scratch memory. */
  readonly scratch: number
  /** Of each function `share0`, `share1` ..., of which threads take parts: how many rows it has. `run` calls the host's `share` in their place. */
  readonly shares: readonly number[]
  /** The functions, for people. */
  readonly functions: readonly { readonly name: string; readonly instructions: readonly Instruction[] }[]
}

/** So many instructions make a function of their own: engines compile long ones more slowly, and less well. */
const LONG = 4000

const ARENA = 0
const ALIGNMENT = 16

/** Generates a program's module. `sizes`: what kernels need to work in. */
export function lowerProgram(
  plan: Schedule<Group>,
  library: ReadonlyMap<string, LibraryFunction>,
  sizes: ScratchSizes,
  shared?: { readonly maximum: number },
): Code {
  const linker = new Linker(library)
  const { once, each, shares, frame, scratch } = lowerSteps(plan, linker, sizes, shared !== undefined)
  const parts = [...once, ...each]
  const whole = (name: string, first: number, count: number): Named => {
    const f = new FunctionWriter(1)
    for (let i = first; i < first + count; i++) linker.callOwn(f, i, [() => void f.get(ARENA)])
    return { f, exported: name }
  }
  const named = [
    ...parts.map((f) => ({ f })),
    whole('prepare', 0, once.length),
    whole('run', once.length, each.length),
    ...shares.map(({ f }, i) => ({ f, exported: `share${i}` })),
  ]
  const { imports, functions, printed } = link(linker, named)
  const counts = shares.map(({ rows }) => rows)
  return {
    bytes: encodeModule({ imports, functions, shared }),
    imports,
    frame,
    scratch,
    shares: counts,
    functions: printed,
  }
}

/** A program's steps as functions of the arena's address: those that are done once, and the others. */
export interface LoweredSteps extends Pick<Code, 'frame' | 'scratch'> {
  readonly once: readonly FunctionWriter[]
  readonly each: readonly FunctionWriter[]
  /** Of which threads take parts, and how many rows each has. Functions of the arena's address, the first row and how many. */
  readonly shares: readonly { readonly f: FunctionWriter; readonly rows: number }[]
}

/** @param isShared - whether threads are there */
export function lowerSteps(
  plan: Schedule<Group>,
  linker: Linker,
  sizes: ScratchSizes,
  isShared: boolean,
): LoweredSteps {
  const frame = Math.ceil(plan.bytes / ALIGNMENT) * ALIGNMENT
  const shares: { f: FunctionWriter; rows: number }[] = []
  const share = (part: Part, { rows, rest }: Shared): void => {
    const own = new Part(plan, frame, 3)
    lowerRows(own.f, linker, rows, (slot) => own.place(slot), { first: 1, count: 2 })
    const inputs = [() => void part.f.i32(shares.length), () => void part.f.get(ARENA)]
    linker.callHost(part.f, 'share', inputs, { params: ['i32', 'i32'], results: [] })
    shares.push({ f: own.finish(), rows: rows.count })
    if (rest !== undefined) lowerPlaced(part, linker, rest, false)
  }
  let scratch = 0
  const write = (steps: readonly Step[]): FunctionWriter[] => {
    const parts: Part[] = []
    for (const task of tasksOf(plan, steps)) {
      let part = parts.at(-1)
      if (part === undefined || part.f.instructions.length > LONG) parts.push((part = new Part(plan, frame)))
      const shared = isShared ? sharedOf(task) : undefined
      if (shared !== undefined) share(part, shared)
      else scratch = Math.max(scratch, lowerTask(part, plan, task, linker, sizes))
    }
    return parts.map((part) => part.finish())
  }
  const [once, each] = [write(plan.constants), write(plan.steps)]
  return { once, each, shares, frame, scratch }
}

/** A function that is written, and what the module does with it. */
export interface Named extends Pick<DefinedFunction, 'exported' | 'isStart'> {
  readonly f: FunctionWriter
}

/** The functions of a module, all calls being those of its own numbers. */
export function link(
  linker: Linker,
  written: readonly Named[],
): {
  readonly imports: readonly ImportedFunction[]
  readonly functions: readonly DefinedFunction[]
  readonly printed: Code['functions']
} {
  const { imports, library, resolve } = linker.link()
  const instructions = written.map(({ f }) => f.instructions.map(resolve))
  const own = written.map(({ f, ...rest }, i): DefinedFunction => ({
    ...rest,
    params: new Array<number>(f.params).fill(TYPE_BYTES.i32),
    results: [],
    body: encodeBody(f.locals, instructions[i]!),
  }))
  return {
    imports,
    functions: [...library, ...own],
    printed: written.map(({ exported }, i) => ({ name: exported ?? `part${i}`, instructions: instructions[i]! })),
  }
}

/** A function that runs some steps. */
class Part {
  readonly f: FunctionWriter
  private readonly pointers = new Map<number, number>()

  /** @param params - how many it takes, of which the arena's address is the first */
  constructor(
    private readonly plan: Schedule<Group>,
    private readonly frame: number,
    params = 1,
  ) {
    this.f = new FunctionWriter(params)
  }

  /** Where a slot's values lie. */
  place(slot: number): Place {
    const { offset } = this.plan.slots[slot]!
    return offset >= 0 ? { base: ARENA, offset } : { base: this.pointer(1 + slot), offset: 0 }
  }

  scratch(): void {
    this.f.get(this.pointer(0))
  }

  /** The local that holds an entry of the frame. */
  private pointer(entry: number): number {
    let local = this.pointers.get(entry)
    if (local === undefined) this.pointers.set(entry, (local = this.f.add('i32')))
    return local
  }

  /** Puts the reading of the frame before everything. */
  finish(): FunctionWriter {
    const reading = [...this.pointers].flatMap(([entry, local]): Instruction[] => [
      ['local.get', ARENA],
      ['i32.load', this.frame + 4 * entry],
      ['local.set', local],
    ])
    this.f.instructions.unshift(...reading)
    return this.f
  }
}

/** Writes what is computed together, and returns how many bytes of scratch memory it needs. */
function lowerTask(part: Part, plan: Schedule<Group>, task: Task, linker: Linker, sizes: ScratchSizes): number {
  const { steps, placed, rows } = task
  if (rows !== undefined) lowerRows(part.f, linker, rows, (slot) => part.place(slot))
  else if (steps.length === 1) return lowerStep(part, plan, steps[0]!, linker, sizes)
  else lowerPlaced(part, linker, placed!, true)
  return 0
}

function lowerPlaced(part: Part, linker: Linker, { nest, operands, out }: Placed, isWhole: boolean): void {
  const places = operands.map((slot) => part.place(slot))
  lowerNest(part.f, linker, nest, places, part.place(out), isWhole)
}

/** What threads can take parts of. Whole transpositions are copied otherwise. */
function sharedOf({ rows, placed }: Task): Shared | undefined {
  if (rows !== undefined) return sharedRows(rows)
  return placed !== undefined && !isTransposition(placed.nest) ? sharedNest(placed) : undefined
}

/** Writes one step, and returns how many bytes of scratch memory it needs. */
function lowerStep(part: Part, plan: Schedule<Group>, step: Step, linker: Linker, sizes: ScratchSizes): number {
  const { f } = part
  const operation = operationOf(plan, step)
  const operands = step.operands.map((slot) => part.place(slot))
  const out = part.place(step.out)
  let bytes = 0
  const scratch = (needed: number) => (): void => {
    bytes = needed
    part.scratch()
  }
  const { fusion, instruction } = operation
  if (fusion !== undefined) {
    const isWhole = fusion.nests.length === 1
    for (const nest of fusion.nests)
      if (!isWhole || !lowerTransposition(f, linker, nest, operands, out))
        lowerNest(f, linker, nest, operands, out, isWhole)
    return 0
  }
  if (instruction.primitive === 'matmul')
    lowerMatmul(f, linker, operation, operands, out, (...numbers) => scratch(sizes.matmul(...numbers)))
  else if (instruction.primitive === 'random') {
    const { params, shape, dtype } = instruction
    const word = (which: 0 | 1) => (): void => {
      const inputs = [step.at, which].map((value) => () => void f.i32(value))
      linker.callHost(f, 'keyWord', inputs, { params: ['i32', 'i32'], results: ['i32'] })
    }
    const kernel = `random_${params.distribution}_${SUFFIX[dtype]}`
    linker.callKernel(f, kernel, [pointerTo(f, out), () => void f.i32(sizeOf(shape)), word(0), word(1)])
  } else lowerCall(f, linker, operation, operands, out, scratch(scratchOf(operation, sizes)))
  return bytes
}
