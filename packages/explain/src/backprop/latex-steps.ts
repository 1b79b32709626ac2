import { aBoolean, aString, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { aTrace } from '../readers.js'
import { aDetail, partial, showTrace, type Detail, type Shown } from './chain-rule.js'
import { substituted, type Expression } from './expression.js'
import { reachedFrom } from './reached-from.js'
import type { BackpropTrace, TraceNode } from './trace.js'
import { uniformValue } from './values.js'
import { writeLatex, writeValue } from './write-latex.js'

/** Options of {@link latexSteps}. */
export interface LatexOptions {
  /** `named`: values without a name are written out in the formulas of those that have one; `all`: a step for each operation. Default `named` if anything between inputs and loss has a name. */
  readonly detail?: Detail
  /** Significant digits of numbers, from 1 to 100. Default 6. */
  readonly digits?: number
  /** The name of a value: only the steps from it to the loss, and from the loss back to it. Default: all steps. */
  readonly only?: string
  /** Each formula once more with numbers in the place of names, where all of them are numbers. Default false. */
  readonly withNumbers?: boolean
}

/** One step as LaTeX, for a display formula. */
export interface LatexStep {
  /** `forward`: a value; `backward`: a gradient. */
  readonly pass: 'forward' | 'backward'
  /** The name of the value it is about. */
  readonly name: string
  readonly latex: string
}

/**
 * A trace in formulas, as one would write it by hand: the forward pass in evaluation order, then every gradient from the
 * loss back to the inputs, by the chain rule, with its number (chapter 4.3.4, [1] to [6], and Remark 2 for matrices).
 * Texts only; KaTeX or MathJax set them.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, also for a value that the trace does not have, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mul, sin, tensor } from '@neurite/core'
 * import { latexSteps, traceBackprop } from '@neurite/explain'
 * const trace = await traceBackprop(({ x, w }, name) => sin(name('z', mul(x, w))), { x: tensor(0), w: tensor(2) })
 * const steps = latexSteps(trace, { only: 'w', withNumbers: true })
 * steps.map(({ pass, name }) => `${pass} ${name}`) // => ['forward z', 'forward \\mathscr{L}', 'backward z', 'backward w']
 * steps[3]!.latex.split(' = ').slice(2) // => ['\\frac{\\partial \\mathscr{L}}{\\partial z} \\cdot x', '1 \\cdot 0', '0']
 * ```
 */
export function latexSteps(trace: BackpropTrace, options: LatexOptions = {}): LatexStep[] {
  const { detail, digits, only, withNumbers } = readOptions('latexSteps', options, {
    detail: aDetail,
    digits: or(6, whole(1, 100)),
    only: optional(aString),
    withNumbers: or(false, aBoolean),
  })
  aTrace('latexSteps', 'trace', trace)
  const { nodes, output } = trace
  const loss = nodes[output]!.name
  const wanted = only === undefined ? undefined : reachedFrom('latexSteps: only', nodes, only)
  const shown = showTrace(trace, detail).filter(({ node }) => wanted === undefined || wanted.has(node.id))

  const numbers = new Map<string, number>()
  for (const { name, shape, value, gradient } of withNumbers ? nodes : []) {
    if (shape.length > 0) continue
    numbers.set(name, Number(Number(value).toPrecision(digits)))
    if (gradient !== null)
      numbers.set(writeLatex(partial(loss, name, [])), Number(Number(gradient).toPrecision(digits)))
  }
  const inNumbers = (formula: Expression): string | undefined => {
    const put = substituted(formula, (name) => numbers.get(name))
    return put === undefined || put === formula ? undefined : writeLatex(put)
  }

  const given = only === undefined ? nodes.filter(isTable) : []
  const forward = shown.filter(({ node }) => node.kind === 'operation')
  const backward = shown.filter(({ node, gradientFormula }) => gradientFormula !== null && node.id !== output)
  return [
    ...given.map(({ name, value, shape }): LatexStep => ({
      pass: 'forward',
      name,
      latex:
        equation([name, writeValue(value, shape, digits)]) ?? `${name} \\in \\mathbb{R}^{${shape.join(' \\times ')}}`,
    })),
    ...forward.map(({ node, formula }): LatexStep => ({
      pass: 'forward',
      name: node.name,
      latex: equation([
        node.name,
        writeLatex(formula),
        inNumbers(formula),
        writeValue(node.value, node.shape, digits),
      ])!,
    })),
    ...backward.reverse().map((step): LatexStep => ({
      pass: 'backward',
      name: step.node.name,
      latex: equation([
        writeLatex(partial(loss, step.node.name, [])),
        chain(loss, step),
        writeLatex(step.gradientFormula!),
        inNumbers(step.gradientFormula!),
        writeValue(step.node.gradient!, step.node.shape, digits),
      ])!,
    })),
  ]
}

/** A constant that has no name from outside and is not one number: one hot rows, masks. */
const isTable = ({ kind, named, value }: TraceNode): boolean =>
  kind === 'constant' && !named && uniformValue(value) === undefined

/** Its parts without those that are absent or say what the one before says; undefined if fewer than two are left. */
function equation(parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part): part is string => part !== undefined && part !== '')
  const different = said.filter((part, i) => part !== said[i - 1])
  return different.length < 2 ? undefined : different.join(' = ')
}

/** The chain rule in general terms, for numbers: one product for each value that this one enters. Not for what enters the loss itself. */
function chain(loss: string, { node, uses }: Shown): string | undefined {
  if (uses.some(({ local, node: use }) => local === null || use.name === loss)) return undefined
  return uses
    .map(({ node: use }) => [partial(loss, use.name, []), partial(use.name, node.name, [])].map(writeLatex).join(' '))
    .join(' + ')
}
