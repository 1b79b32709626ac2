import { aTrace } from '../readers.js'
import type { NestedArray } from '@neurite/core'
import { or, readOptions, whole } from '@neurite/core/arguments'
import { aDetail, showTrace, type Detail, type Shown } from './chain-rule.js'
import type { BackpropTrace } from './trace.js'

/** Options of {@link latexSteps}. */
export interface LatexOptions {
  /** `named`: values without a name are written out in the formulas of those that have one; `all`: a step for each operation. Default `named` if anything between inputs and loss has a name. */
  readonly detail?: Detail
  /** Significant digits of numbers, from 1 to 100. Default 6. */
  readonly digits?: number
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
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mul, sin, tensor } from '@neurite/core'
 * import { latexSteps, traceBackprop } from '@neurite/explain'
 * const trace = await traceBackprop(({ x, w }, name) => sin(name('z', mul(x, w))), { x: tensor(0), w: tensor(2) })
 * const { latex } = latexSteps(trace)[3]!
 * latex.split(' = ')[2] // => '\\frac{\\partial \\mathscr{L}}{\\partial z} \\cdot x'
 * ```
 */
export function latexSteps(trace: BackpropTrace, options: LatexOptions = {}): LatexStep[] {
  const { detail, digits } = readOptions('latexSteps', options, { detail: aDetail, digits: or(6, whole(1, 100)) })
  aTrace('latexSteps', 'trace', trace)
  const shown = showTrace(trace, detail)
  const loss = trace.nodes[trace.output]!.name
  const forward = shown.filter(({ node }) => node.kind === 'operation')
  const backward = shown.filter(({ node, gradientFormula }) => gradientFormula !== null && node.id !== trace.output)
  return [
    ...forward.map(({ node, formula }): LatexStep => ({
      pass: 'forward',
      name: node.name,
      latex: equation([node.name, formula, numbers(node.value, node.shape, digits)]),
    })),
    ...backward.reverse().map((step): LatexStep => ({
      pass: 'backward',
      name: step.node.name,
      latex: equation([
        partial(loss, step.node.name),
        chain(loss, step),
        step.gradientFormula,
        numbers(step.node.gradient!, step.node.shape, digits),
      ]),
    })),
  ]
}

const partial = (of: string, by: string): string => `\\frac{\\partial ${of}}{\\partial ${by}}`

/** Its parts without those that are absent or say what the one before says. */
function equation(parts: readonly (string | undefined | null)[]): string {
  return parts.filter((part, i) => typeof part === 'string' && part !== '' && part !== parts[i - 1]).join(' = ')
}

/** The chain rule in general terms, for numbers: one product for each value that this one enters. Not for what enters the loss itself. */
function chain(loss: string, { node, uses }: Shown): string | undefined {
  if (uses.some(({ local, node: use }) => local === null || use.name === loss)) return undefined
  return uses.map(({ node: use }) => `${partial(loss, use.name)} ${partial(use.name, node.name)}`).join(' + ')
}

/** Numbers, vectors and small matrices; larger ones are left out. */
function numbers(value: NestedArray, shape: readonly number[], digits: number): string | undefined {
  const write = (entry: unknown): string => {
    const text = String(typeof entry === 'number' ? Number(entry.toPrecision(digits)) : entry)
    return text
      .replace(/e\+?(-?\d+)$/, ' \\cdot 10^{$1}')
      .replace('Infinity', '\\infty')
      .replace('NaN', '\\mathrm{NaN}')
  }
  if (shape.length === 0) return write(value)
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (shape.length > 2 || size > 36) return undefined
  const rows = shape.length === 1 ? [value as unknown[]] : (value as unknown[][])
  return `\\begin{pmatrix} ${rows.map((row) => row.map(write).join(' & ')).join(' \\\\ ')} \\end{pmatrix}`
}
