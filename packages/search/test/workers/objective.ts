import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam, sgd } from '@neurite/optimizers'
import { fit } from '@neurite/train'

/** A point of the tests: a small network to train, or a way to fail. */
export interface Point {
  readonly units: number
  readonly rate: number
  readonly act?: 'coded' | 'plain' | 'exit' | 'uncaught' | 'hang' | 'text' | 'slow' | undefined
}

setDefaultBackend(cpu())
const x = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
const data = { x, y: x.map(([a, b]) => a! * b!) }

export async function objective(
  { units, rate, act }: Point,
  { seed, resource = 5 }: { seed: number; resource?: number | undefined },
): Promise<number> {
  if (act === 'coded') throw new NeuriteError('SHAPE_MISMATCH', 'objective: made up.', { shape: [2, 3], loss: mse })
  if (act === 'plain') throw new RangeError('out of paper')
  if (act === 'exit') process.exit(3)
  if (act === 'uncaught') setTimeout(() => JSON.parse('{'), 0)
  if (act === 'hang' || act === 'uncaught') await new Promise((resolve) => setTimeout(resolve, 600_000))
  if (act === 'text') return 'seven' as never
  // What comes first is done last.
  if (act === 'slow') await new Promise((resolve) => setTimeout(resolve, rate === 0.1 ? 200 : 0))
  const { history } = await fit(sequential([dense(units, { activation: 'tanh' }), dense(1)]), data, {
    loss: mse,
    optimizer: rate > 1e10 ? sgd({ learningRate: rate }) : adam({ learningRate: rate }),
    epochs: resource,
    validation: 0.25,
    seed,
  })
  return history.valLoss.at(-1)!
}
