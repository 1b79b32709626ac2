import { choice, flag, numbers, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { LOSSES, TOP } from './names.js'

export const OUTPUTS = 3

export const state = labState({
  view: choice(['outputs', 'outlier'], 'outputs'),
  /** The chapter's question: the model says this, and the truth is that. */
  p: numbers(0, 1, OUTPUTS, [0.2, 0.5, 0.3]),
  y: numbers(0, 1, OUTPUTS, [0, 1, 0]),
  softmax: flag(true),
  loss: choice(LOSSES, 'sse'),
  /** The output whose curves are drawn. */
  along: whole(0, OUTPUTS - 1, 1),
  heights: numbers(0, TOP, 9, [3.4, 2.6, 3.1, 2.3, 3, 3.7, 2.8, 8.6, 2.9]),
  model: choice(['constant', 'line'], 'constant'),
  /** The loss whose pulls are drawn. */
  pull: choice(['sse', 'abs'], 'sse'),
})

/** A link may hold fewer numbers than there are outputs or points. */
export const filled = (values: readonly number[], initial: readonly number[]): readonly number[] =>
  initial.map((value, i) => values[i] ?? value)
