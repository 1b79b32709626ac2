import { operationOf, schedule, type Program } from '@neurite/core'
import { printInstructions } from './encode/print.js'
import { KERNELS } from './generated/kernels.js'
import { inflate } from './kernels/decode.js'
import { readLibrary } from './kernels/library.js'
import { lowerProgram } from './lower/program.js'
import { group } from './nest/group.js'
import { printNest } from './nest/nest.js'

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
  const steps = [...plan.constants, ...plan.steps].map((step) => {
    const { instruction, fusion } = operationOf(plan, step)
    const title = `%${instruction.id}: ${instruction.primitive}`
    if (fusion === undefined) return `call of ${title}`
    return `nest of ${title}\n${fusion.nests.map((nest) => indented(printNest(nest))).join('\n')}`
  })
  const { functions } = lowerProgram(plan, readLibrary(await inflate(KERNELS)).functions, 0)
  const texts = functions.map(
    ({ name, instructions }) => `(func $${name}\n${indented(printInstructions(instructions))}\n)`,
  )
  return [...steps, ...texts].join('\n')
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
