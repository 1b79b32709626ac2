import { classesIn, isMultiLabel, labelsIn } from './classes.js'
import { weightAt, type Pair } from './pair.js'

/** How often a class, or a label, is told and predicted, by weight. */
export interface Counts {
  right: number
  predicted: number
  actual: number
}

/** What precision, recall and F1 are made of. */
export interface Tally {
  /** Of each class that comes or is predicted, by its index; of all labels. */
  readonly counts: ReadonlyMap<number, Counts>
  /** How many classes, or labels, there can be. */
  readonly classes: number
  readonly multiLabel: boolean
}

export function tallyOf(pair: Pair, threshold: number | undefined): Tally {
  const counts = new Map<number, Counts>()
  const of = (c: number): Counts => {
    const known = counts.get(c)
    if (known !== undefined) return known
    const fresh = { right: 0, predicted: 0, actual: 0 }
    counts.set(c, fresh)
    return fresh
  }
  if (isMultiLabel(pair)) {
    const { truth, predicted, labels } = labelsIn(pair, threshold)
    for (let i = 0; i < truth.length; i++) {
      const weight = weightAt(pair, Math.floor(i / labels))
      const count = of(i % labels)
      count.actual += weight * truth[i]!
      count.predicted += weight * predicted[i]!
      count.right += weight * truth[i]! * predicted[i]!
    }
    return { counts, classes: labels, multiLabel: true }
  }
  const { truth, predicted, classes } = classesIn(pair, threshold)
  truth.forEach((t, i) => {
    const weight = weightAt(pair, i)
    if (weight === 0) return
    of(t).actual += weight
    of(predicted[i]!).predicted += weight
    if (t === predicted[i]) of(t).right += weight
  })
  return { counts, classes, multiLabel: false }
}

export type Score = (counts: Counts) => number

export const precisionOf: Score = ({ right, predicted }) => (predicted === 0 ? 0 : right / predicted)
export const recallOf: Score = ({ right, actual }) => (actual === 0 ? 0 : right / actual)
export const f1Of: Score = ({ right, predicted, actual }) =>
  predicted + actual === 0 ? 0 : (2 * right) / (predicted + actual)

/** How the scores of classes become one. */
export type Average = 'macro' | 'micro' | 'weighted'

/** Over the classes that come or are predicted, or over all labels, as scikit-learn does. */
export function averageOf({ counts }: Tally, average: Average, score: Score): number {
  const all = [...counts.values()]
  const sum = (name: keyof Counts): number => all.reduce((total, count) => total + count[name], 0)
  if (average === 'micro') return score({ right: sum('right'), predicted: sum('predicted'), actual: sum('actual') })
  const mass = average === 'macro' ? all.length : sum('actual')
  if (mass === 0) return 0
  return all.reduce((total, count) => total + (average === 'macro' ? 1 : count.actual) * score(count), 0) / mass
}
