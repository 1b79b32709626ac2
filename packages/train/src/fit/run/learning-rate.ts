import { disposeTree, NeuriteError, tensorsIn, type Tree } from '@neurite/core'
import { setLearningRate, type Optimizer } from '@neurite/optimizers'

type Adjustable = Optimizer & { withLearningRate?(state: Tree, rate: number): Tree }

/** The optimizer's way to put another rate into its state, if it has one. */
export function rateSetter(optimizer: Adjustable, state: Tree): ((state: Tree, rate: number) => Tree) | undefined {
  // AFTER THE MERGE of the optimizers that have `withLearningRate`: read that in session.ts, and delete this file.
  if (optimizer.withLearningRate !== undefined) return (now, rate) => optimizer.withLearningRate!(now, rate)
  try {
    const kept = new Set(tensorsIn(state))
    disposeTree(tensorsIn(setLearningRate(state, 0)).filter((leaf) => !kept.has(leaf)))
    return setLearningRate
  } catch (error) {
    if (NeuriteError.isInstance(error)) return undefined
    throw error
  }
}
