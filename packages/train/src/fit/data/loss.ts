import { checkArgument } from '@neurite/core'
import type { Loss } from '@neurite/losses'

/** Weights that a loss would pass over in silence are a mistake. */
export function checkWeighs(where: string, { weighs }: Loss): void {
  checkArgument(
    weighs === true,
    () =>
      `${where} need a loss that counts some rows more than others, and this one does not say that it does: use one of @neurite/losses, leave the weights out, or give your function weighs: true if it takes { weights } as its third argument.`,
  )
}
