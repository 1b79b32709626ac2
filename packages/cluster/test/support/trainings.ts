import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam, sgd } from '@neurite/optimizers'
import type { BatchSource, Dataset } from '@neurite/train'
import { localTraining, type LocalTraining, type Shard } from '../../src/index.js'

// What the workers of the tests train.

setDefaultBackend(cpu())

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const rows = Array.from({ length: 50 }, (_, i) => [i / 50, Math.cos(i)])

/** Rows of a shard; shards are not all of one length. */
export function rowsOf({ shard, shards }: Pick<Shard, 'shard' | 'shards'>): { x: number[][]; y: number[] } {
  const own = rows.filter((_, i) => i % shards === shard)
  return { x: own, y: own.map(([a, b]) => Math.sin(5 * a!) * b!) }
}

export const BATCH = 4

/** A model without chance, and what trains it: a loop of a few lines does the same. */
export const plain = {
  model: sequential([dense(3, { activation: 'tanh' }), dense(1)]),
  loss: mse,
  optimizer: adam({ learningRate: 0.05 }),
}

/** One with chance and running statistics. */
export const rich = {
  model: sequential([dense(4), batchNorm(), dropout(0.2), dense(1)]),
  loss: mse,
  optimizer: adam({ learningRate: 0.01 }),
}

/** Batches that take their time, so that workers die among them. */
function slowly(data: Dataset & ReturnType<typeof rowsOf>): BatchSource {
  return {
    async *batches() {
      for (let at = 0; at < data.x.length; at += BATCH) {
        await sleep(25)
        yield { x: data.x.slice(at, at + BATCH), y: data.y.slice(at, at + BATCH) }
      }
    },
  }
}

const options = ({ loss, optimizer }: Pick<typeof plain, 'loss' | 'optimizer'>) => ({
  loss,
  optimizer,
  batchSize: BATCH,
})

export const trainings = {
  plain: localTraining(plain.model, rowsOf, options(plain)),
  rich: localTraining(rich.model, rowsOf, { ...options(rich), checkpointEvery: 3 }),
  slow: localTraining(rich.model, (shard) => slowly(rowsOf(shard)), { ...options(rich), checkpointEvery: 2 }),

  /** The last shard takes longer than anybody waits. */
  late: localTraining(
    plain.model,
    async (shard) => {
      if (shard.shard > 0 && shard.shard === shard.shards - 1) await sleep(60_000)
      return rowsOf(shard)
    },
    options(plain),
  ),

  /** The second shard diverges. */
  diverges: localTraining(
    plain.model,
    (shard) => {
      const { x, y } = rowsOf(shard)
      return { x, y: shard.shard === 1 ? y.map(() => 1e30) : y }
    },
    { ...options(plain), optimizer: sgd({ learningRate: 0.01 }) },
  ),
} satisfies Readonly<Record<string, LocalTraining>>
