import { concat, disposeTree, tidy, type Tensor } from '@neurite/core'

/**
 * What a model says to many rows, a batch at a time: one tensor with an output for each row, the caller's to dispose. What fails or is
 * aborted in between leaves nothing.
 *
 * @param rows - how many there are; 0 is one batch without rows
 * @param batchSize - rows that go through at once
 * @param forward - the output for the rows from `from` to before `to`, as {@link forwardOf} gives it
 * @param pause - called between batches, as {@link interruptible} makes it
 * @throws NeuriteError what `forward` and `pause` throw
 * @example
 * ```ts
 * import { slice, tensor } from '@neurite/core'
 * import { activation, forwardOf, inBatches, interruptible } from '@neurite/nn'
 * const model = activation('relu')
 * const x = tensor([[1], [-2], [3]])
 * const forward = (from: number, to: number) =>
 *   forwardOf(model)({}, undefined, slice(x, { begin: [from, 0], size: [to - from, 1] }))
 * await (await inBatches(3, 2, forward, interruptible('demo', undefined))).toArray() // => [[1], [0], [3]]
 * ```
 */
export async function inBatches(
  rows: number,
  batchSize: number,
  forward: (from: number, to: number) => Tensor,
  pause: () => Promise<void> | undefined,
): Promise<Tensor> {
  if (rows <= batchSize) return tidy(() => forward(0, rows))
  const parts: Tensor[] = []
  try {
    for (let from = 0; from < rows; from += batchSize) {
      parts.push(tidy(() => forward(from, Math.min(from + batchSize, rows))))
      await pause()
    }
    return concat(parts, { axis: 0 })
  } finally {
    disposeTree(parts)
  }
}
