import { checkArgument, type Tensor } from '@neurite/core'
import type { Loss } from '@neurite/losses'

/** Weights that a loss would pass over in silence are a mistake. */
export function checkWeighs(where: string, { weighs }: Loss): void {
  checkArgument(
    weighs === true,
    () =>
      `${where} need a loss that counts some rows more than others, and this one does not say that it does: use one of @neurite/losses, leave the weights out, or give your function weighs: true if it takes { weights } as its third argument.`,
  )
}

/** The loss of a batch. One that says that it weighs, and then does not look at the weights, would pass over them in silence. */
export function lossOfBatch(loss: Loss, prediction: Tensor, target: Tensor, weights: Tensor | undefined): Tensor {
  if (weights === undefined) return loss(prediction, target, {})
  let read = false
  const value = loss(prediction, target, {
    get weights() {
      read = true
      return weights
    },
  })
  checkArgument(
    read,
    () =>
      'the loss says weighs: true, but did not take { weights }, its third argument; use them, or leave weighs out.',
  )
  return value
}
