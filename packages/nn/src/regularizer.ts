/** Strengths of the two penalties on a weight w: l1 * sum |w| + l2 * sum w^2. */
export interface Regularizer {
  /** Drives weights to exactly 0 (lasso). Default 0. */
  readonly l1?: number
  /** Keeps weights small (ridge). Default 0. Its gradient is 2 * l2 * w. */
  readonly l2?: number
}
