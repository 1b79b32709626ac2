import { number, optional, readOptions } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { rightIn, share } from './accuracy.js'
import type { ThresholdOptions } from './classes.js'
import { CONTEXT, type MetricContext } from './metric.js'
import { pairOf } from './pair.js'
import { averageOf, f1Of, precisionOf, recallOf, tallyOf, type Average } from './tally.js'

/** Options of {@link classificationReport}. */
export interface ReportOptions extends ThresholdOptions, MetricContext {}

/** How well one class is told, or classes on average. */
export interface ClassScore {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Rows that are of the class, by weight. */
  readonly support: number
}

/** What {@link classificationReport} gives: numbers, and as text a table of at most 80 columns. */
export interface ClassificationReport {
  /** In the order of classes, named as in `labels`, or by their index. */
  readonly classes: readonly (ClassScore & { readonly label: string })[]
  /** The share of rows that are right: of several labels, all of them. */
  readonly accuracy: number
  readonly micro: ClassScore
  readonly macro: ClassScore
  readonly weighted: ClassScore
  toString(): string
}

/**
 * Precision, recall, F1 and number of rows of each class, and their averages.
 *
 * @param prediction - probabilities, logits, class indices or names, as `accuracy` takes them
 * @param target - one-hot rows, class indices or names; or rows of several labels
 * @param options - `labels` names the classes
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes, `SHAPE_MISMATCH`, `UNKNOWN_CATEGORY`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { classificationReport } from '@neurite/train'
 * const report = classificationReport(['cat', 'dog', 'dog', 'cat'], ['cat', 'dog', 'cat', 'cat'])
 * report.macro.f1 // => 0.733333333
 * String(report).split('\n')[1] // => '     cat      1.000      0.667      0.800          3'
 * ```
 */
export function classificationReport(
  prediction: Labels,
  target: Labels,
  options: ReportOptions = {},
): ClassificationReport {
  const where = 'classificationReport'
  const { threshold, ...context } = readOptions(where, options, { threshold: optional(number()), ...CONTEXT })
  const pair = pairOf(where, 'classes', prediction, target, context)
  const tally = tallyOf(pair, threshold)
  const classes = Array.from({ length: tally.classes }, (_, c) => {
    const counts = tally.counts.get(c) ?? { right: 0, predicted: 0, actual: 0 }
    return {
      label: pair.names?.[c] ?? String(c),
      precision: precisionOf(counts),
      recall: recallOf(counts),
      f1: f1Of(counts),
      support: counts.actual,
    }
  })
  const support = classes.reduce((sum, one) => sum + one.support, 0)
  const over = (average: Average): ClassScore => ({
    precision: averageOf(tally, average, precisionOf),
    recall: averageOf(tally, average, recallOf),
    f1: averageOf(tally, average, f1Of),
    support,
  })
  const accuracy = share(pair, rightIn(pair, threshold))
  const [micro, macro, weighted] = [over('micro'), over('macro'), over('weighted')]
  return {
    ...{ classes, accuracy, micro, macro, weighted },
    toString() {
      // Of one class a row, the micro average is the accuracy, in all three columns.
      const first = tally.multiLabel ? line('micro', micro) : ['accuracy', '', '', three(accuracy), counted(support)]
      return table([
        ['', 'precision', 'recall', 'f1', 'support'],
        ...classes.map((one) => line(one.label, one)),
        [],
        first,
        line('macro', macro),
        line('weighted', weighted),
      ])
    },
  }
}

function line(label: string, { precision, recall, f1, support }: ClassScore): string[] {
  return [label, three(precision), three(recall), three(f1), counted(support)]
}

function three(value: number): string {
  return value.toFixed(3)
}

/** Rows are counted, their weights rounded. */
function counted(support: number): string {
  return Number.isInteger(support) ? String(support) : support.toPrecision(6)
}

const WIDTH = 80
const COLUMN = 11

/** Labels to the right of a column that is as wide as the longest, numbers in columns of their own. */
function table(lines: readonly (readonly string[])[]): string {
  const most = WIDTH - 4 * COLUMN
  const short = (label: string): string => (label.length > most ? `${label.slice(0, most - 1)}…` : label)
  const width = Math.max(...lines.map(([label = '']) => short(label).length))
  return lines
    .map(([label = '', ...cells]) =>
      (short(label).padStart(width) + cells.map((cell) => cell.padStart(COLUMN)).join('')).trimEnd(),
    )
    .join('\n')
}
