/** How much rows count together. */
export function massOf(rows: Int32Array, weights: ArrayLike<number> | undefined): number {
  return weights === undefined ? rows.length : rows.reduce((sum, row) => sum + weights[row]!, 0)
}
