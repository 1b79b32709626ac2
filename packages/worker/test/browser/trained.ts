import { tensorsIn } from '@neurite/core'
import { sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import type { fit } from '@neurite/train'

/** A small training: its params and losses as numbers. */
export async function trained(train: typeof fit): Promise<readonly number[]> {
  const x = Array.from({ length: 24 }, (_, i) => [i % 5, (i * i) % 7])
  const model = sequential([dense(8, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(2)])
  const { params, history } = await train(
    model,
    { x, y: x.map(([a, b]) => (a! > b! ? 1 : 0)) },
    { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: adam(), epochs: 5, seed: 3, validation: 0.25 },
  )
  const leaves = await Promise.all(tensorsIn(params).map((leaf) => leaf.data()))
  return [...history.loss, ...history.valLoss, ...leaves.flatMap((data) => [...data])]
}
