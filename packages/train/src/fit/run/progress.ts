/** How far a run is. */
export interface Progress {
  /** Epochs completed. */
  epoch: number
  /** Steps made in all. */
  iteration: number
  /** Steps made in the epoch under way. */
  step: number
  /** Of the epoch under way: losses times what their rows count, and these counts. */
  lossSum: number
  mass: number
  /** In the epoch's first step, where the optimizer tells it. */
  learningRate: number | null
  /** The epoch that a callback went back to. */
  bestEpoch: number | null
}

export function atStart(): Progress {
  return { epoch: 0, iteration: 0, step: 0, lossSum: 0, mass: 0, learningRate: null, bestEpoch: null }
}
