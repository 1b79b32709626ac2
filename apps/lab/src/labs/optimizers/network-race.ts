import { moons } from '@neurite/datasets'
import { configOf, dense, sequential } from '@neurite/nn'
import { LiveTraining } from '../../training/live-training.js'
import { usual } from '../../training/usual.js'
import { reachedBy, type RaceRequest, type Run } from './compute.js'
import { BOX, EVERY, GOAL, moonsOfLab, SIDE, STEPS } from './network.js'
import { optimizerOf, rowsOf } from './racers.js'

const model = configOf(
  sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })]),
)

/** Places of the pictures: rows from the top. */
const grid = ((): { readonly shape: readonly number[]; readonly data: Float32Array } => {
  const [left, right, bottom, top] = BOX
  const data = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, k) => {
    const [column, row] = [Math.floor(k / 2) % SIDE, Math.floor(k / 2 / SIDE)]
    return k % 2 === 0 ? left + ((column + 0.5) * (right - left)) / SIDE : top - ((row + 0.5) * (top - bottom)) / SIDE
  })
  return { shape: [SIDE * SIDE, 2], data }
})()

/** The same network from the same weights, by one optimizer. */
export async function trainRacer(
  { beta, batchSize, seed }: RaceRequest,
  { id, rate }: RaceRequest['racers'][number],
): Promise<Run> {
  const order = rowsOf(id)
  const data = moons(moonsOfLab)
  const training = await LiveTraining.open({
    model,
    loss: { kind: 'binaryCrossEntropy' },
    optimizer: { ...optimizerOf(id, beta), learningRate: rate },
    data,
    batchSize: order === 'all' ? 'full' : batchSize,
    ...(order !== 'all' && { order }),
    seed,
    classes: false,
    backend: (await usual()).name,
  })
  const [losses, pictures] = [[] as number[], [] as Float32Array[]]
  try {
    for (let k = 0; k <= STEPS; k++) {
      if (k > 0) await training.advance(1)
      const pictured = k % EVERY === 0
      const { trainLoss, outputs } = await training.frame(pictured ? { points: grid } : {})
      if (trainLoss === undefined) break
      losses.push(trainLoss)
      if (outputs !== undefined) pictures.push(outputs)
    }
  } finally {
    await training.close()
  }
  const lost = losses.length <= STEPS
  const found = Float32Array.from(losses)
  return {
    id,
    losses: found,
    reached: lost ? undefined : reachedBy(found, GOAL),
    lost,
    rowsAStep: order === 'all' ? data.x.shape[0] : batchSize,
    pictures,
  }
}
