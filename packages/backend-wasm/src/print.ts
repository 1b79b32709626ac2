import { operationOf, schedule, type Program, type Schedule } from '@neurite/core'
import { printInstructions } from './encode/print.js'
import { KERNELS } from './generated/kernels.js'
import { inflate } from './kernels/decode.js'
import { readLibrary } from './kernels/library.js'
import type { ScratchSizes } from './kernels/scratch.js'
import { lowerProgram } from './lower/program.js'
import { group, type Group } from './nest/group.js'
import { printNest, type Nest } from './nest/nest.js'
import type { Task } from './nest/task.js'
import { tasksOf } from './nest/tasks.js'

/**
 * What becomes of a program: its loop nests, then the instructions of its module in WebAssembly's text format. For people: to see
 * what was fused, and what a step costs.
 *
 * @param program - as `compile(f).program(...)` or `trace` gives it
 * @returns a promise of text of many lines
 * @example
 * ```ts
 * import { optimize, square, sum, tanh, tensor, trace, type Tensor } from '@neurite/core'
 * import { printWasm } from '@neurite/backend-wasm'
 * const program = optimize(trace((x: Tensor) => sum(square(tanh(x))))(tensor([1, 2, 3])))
 * const text = await printWasm(program)
 * text.split('\n').slice(1, 4) // => ['  for i0 < 3 (reduced)', '    %0: float32 = operand0[i0]', '    %1: float32 = tanh(%0)']
 * ```
 */
export async function printWasm(program: Program): Promise<string> {
  const plan = schedule(program, { fuse: group })
  const tasks = [plan.constants, plan.steps].flatMap((steps) => tasksOf(plan, steps).map((task) => print(task, plan)))
  const { functions } = lowerProgram(plan, readLibrary(await inflate(KERNELS)).functions, NO_SCRATCH)
  const texts = functions.map(
    ({ name, instructions }) => `(func $${name}\n${indented(printInstructions(instructions))}\n)`,
  )
  return [...tasks, ...texts].join('\n')
}

/** How much there is in the end is no part of the text. */
const NO_SCRATCH: ScratchSizes = { most: () => 0, matmul: () => 0, gemm: () => 0 }

function print({ steps, placed, rows }: Task, plan: Schedule<Group>): string {
  const operations = steps.map((step) => operationOf(plan, step))
  const title = operations.map(({ instruction }) => `%${instruction.id}: ${instruction.primitive}`).join(', ')
  const list = (nests: readonly Nest[]): string => nests.map((nest) => `\n${indented(printNest(nest))}`).join('')
  if (rows !== undefined)
    return `nests of ${title}\n  for each of ${rows.count} rows${indented(list(rows.nests.map(({ nest }) => nest)))}`
  const nests = placed === undefined ? operations[0]!.fusion?.nests : [placed.nest]
  return nests === undefined ? `call of ${title}` : `nest of ${title}${list(nests)}`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
