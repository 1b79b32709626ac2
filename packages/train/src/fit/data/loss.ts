import { checkArgument } from '@neurite/core'
import type { Loss } from '@neurite/losses'
import { describe, type Described } from '../../evaluate/described.js'

/** What a loss says of itself; a plain function says nothing. */
interface Description {
  readonly kind?: string
  readonly weighs?: boolean
}

/** What a loss expects of targets: class indices, a row of probabilities an example, or numbers; undefined where it does not say. */
export function targetsOf(loss: Loss | undefined): Described['targets'] {
  return loss && describe(loss).targets
}

/** Weights that a loss would pass over in silence are a mistake. */
export function checkWeighs(where: string, loss: Loss): void {
  const { weighs, kind }: Description = loss
  checkArgument(
    // AFTER THE MERGE of the losses that say `weighs`: weighs === true
    weighs ?? kind !== undefined,
    () =>
      `${where} need a loss that counts some rows more than others, and this one does not say that it does: use one of @neurite/losses, leave the weights out, or give your function weighs: true if it takes { weights } as its third argument.`,
  )
}
