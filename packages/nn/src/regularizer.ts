import { checkArgument, checkOptions } from '@neurite/core'

/** Strengths of the two penalties on a weight w: l1 * sum |w| + l2 * sum w^2. */
export interface Regularizer {
  /** Drives weights to exactly 0 (lasso). Default 0. */
  readonly l1?: number
  /** Keeps weights small (ridge). Default 0. Its gradient is 2 * l2 * w. */
  readonly l2?: number
}

/** Refuses unknown names and negative strengths. */
export function checkRegularizer(where: string, regularizer: Regularizer | undefined): Regularizer | undefined {
  if (regularizer === undefined) return undefined
  checkOptions(`${where}: regularizer`, regularizer, ['l1', 'l2'])
  const { l1 = 0, l2 = 0 } = regularizer
  checkArgument(
    [l1, l2].every((strength) => Number.isFinite(strength) && strength >= 0),
    () => `${where}: regularizer strengths must be finite and >= 0, got ${JSON.stringify(regularizer)}.`,
  )
  return { l1, l2 }
}
