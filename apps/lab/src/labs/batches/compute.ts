import {
  compile,
  disposeTree,
  div,
  grad,
  mapTree,
  mean,
  sqrt,
  square,
  standardDeviation,
  sub,
  tensor,
  tidy,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { batchIndices, takeRows } from '@neurite/data'
import { moons } from '@neurite/datasets'
import { configOf, dense, sequential } from '@neurite/nn'
import { globalNorm } from '@neurite/optimizers'
import { LiveTraining } from '../../training/live-training.js'
import type { Rows, TrainingSpec } from '../../training/spec.js'
import { usual } from '../../training/usual.js'
import { epochsOf, iterationsOf, type Batching } from './training.js'

const model = configOf(
  sequential([
    dense(16, { activation: 'tanh' }),
    dense(16, { activation: 'tanh' }),
    dense(1, { activation: 'sigmoid' }),
  ]),
)

/** Two moons with noise, sorted by class, as files often are: the order of the batches then matters. */
export function rowsOf(count: number): Rows {
  const { x, y } = moons({ points: count, noise: 0.25, seed: 7 })
  const sorted = Int32Array.from(y.data, (_, i) => i).sort((a, b) => y.data[a]! - y.data[b]! || a - b)
  const data = Float32Array.from({ length: 2 * count }, (_, k) => x.data[2 * sorted[k >> 1]! + (k & 1)]!)
  return { x: { shape: [count, 2], data }, y: { shape: [count], data: Int32Array.from(sorted, (i) => y.data[i]!) } }
}

const specOf = ({ rows, size, order, rate, seed }: Batching): TrainingSpec => ({
  model,
  loss: { kind: 'binaryCrossEntropy' },
  optimizer: { kind: 'sgd', learningRate: rate },
  data: rowsOf(rows),
  batchSize: size,
  order,
  seed,
  classes: false,
})

/** A training, iteration by iteration. */
export interface Traced {
  readonly batching: Batching
  readonly labels: Int32Array
  /** Of each iteration's batch, before its update. */
  readonly losses: Float32Array
  /** Of each epoch: the mean of its losses, and how far they stray from it. */
  readonly epochs: readonly { readonly mean: number; readonly deviation: number }[]
}

async function trained<T>(batching: Batching, act: (training: LiveTraining) => Promise<T>): Promise<T> {
  const training = await LiveTraining.open({ ...specOf(batching), backend: (await usual()).name })
  try {
    return await act(training)
  } finally {
    await training.close()
  }
}

export function traceBatches(batching: Batching): Promise<Traced> {
  return trained(batching, async (training) => {
    const each = iterationsOf(batching)
    await training.advance(each * epochsOf(batching))
    const { losses } = await training.frame({ measure: false })
    const epochs: { mean: number; deviation: number }[] = []
    for (let start = 0; start < losses.length; start += each) {
      const epoch = tensor(losses.slice(start, start + each), { backend: training.backend })
      epochs.push({
        mean: Number(await mean(epoch).item()),
        deviation: Number(await standardDeviation(epoch).item()),
      })
    }
    return {
      batching,
      labels: Int32Array.from(training.spec.data.y.data),
      losses: Float32Array.from(losses),
      epochs,
    }
  })
}

/** What a batch size costs and brings. */
export interface Cost {
  readonly size: number
  readonly iterations: number
  /** Root mean square of |g_B - g| / |g|: how far the gradients of the batches are from that of all rows, at the same weights. */
  readonly jitter: number
  /** Bytes that the backend holds more at the end of a batch's forward pass than before it: the batch, and all that the way back needs. */
  readonly bytes: number
  /** Of one epoch, measured here. */
  readonly milliseconds: number
}

/** What float32 makes of nothing, relative to a gradient. */
const ROUNDING = 1e-5

/** Batches that make a measure of jitter steady. */
const ENOUGH = 120
/** How long a training warms up, and is then timed, at least. */
const WARM_MS = 80
const TIMED_MS = 80
/** A page's clock may stand still for 0.1 ms, in which some networks see all their rows: epochs are timed together for so long. */
const SAMPLE_MS = 8

export function costOf(batching: Batching): Promise<Cost> {
  return trained(batching, async (training) => {
    const [jitter, bytes] = [await jitterOf(batching, training), bytesOf(batching, training)]
    return {
      size: batching.size,
      iterations: iterationsOf(batching),
      jitter,
      bytes,
      milliseconds: await timeOf(batching, training),
    }
  })
}

/** Gradients of batches beside the gradient of all rows, at the weights of the seed. */
async function jitterOf(batching: Batching, { model, loss, run, train, spec, backend }: LiveTraining): Promise<number> {
  const { rows, size, order, seed } = batching
  const slope = (p: Tree, x: Tensor, y: Tensor): Tree => grad((q: Tree) => loss(model.apply(q, x), y))(p)
  const whole = slope(run.params, train.x, train.y)
  const stray = compile((p: Tree, x: Tensor, y: Tensor, all: Tree) =>
    div(globalNorm(mapTree(sub, slope(p, x, y), all)), globalNorm(all)),
  )
  const found: number[] = []
  for (let epoch = 0; found.length < (size === rows ? 1 : ENOUGH); epoch++)
    for (const indices of batchIndices(rows, { batchSize: size, order, seed, epoch })) {
      const { x, y } = batchOf(spec.data, indices, backend)
      const distance = stray(run.params, x, y, whole)
      found.push(Number(await distance.item()))
      disposeTree([x, y, distance])
    }
  stray.dispose()
  const jitter = Number(await tidy(() => sqrt(mean(square(tensor(found, { backend }))))).item())
  // The same rows in another order have the same gradient but for rounding.
  return jitter < ROUNDING ? 0 : jitter
}

function batchOf({ x, y }: Rows, indices: Int32Array, backend: Backend): { readonly x: Tensor; readonly y: Tensor } {
  const taken = takeRows(x, indices)
  return {
    x: tensor(taken.data, { shape: taken.shape, backend }),
    y: tensor(Float32Array.from(takeRows(y, indices).data), { shape: [indices.length, 1], backend }),
  }
}

/** At the end of the forward pass everything that the way back needs is alive: that is asked then and there. */
function bytesOf({ rows, size, order, seed }: Batching, { model, loss, run, spec, backend }: LiveTraining): number {
  const before = backend.memory().bytes
  let most = 0
  const [indices] = batchIndices(rows, { batchSize: size, order, seed })
  tidy(() => {
    const { x, y } = batchOf(spec.data, indices!, backend)
    grad((p: Tree) => {
      const value = loss(model.apply(p, x), y)
      most = backend.memory().bytes
      return value
    })(run.params)
  })
  return most - before
}

/** The fastest of some samples of the training itself, once the engine has compiled it: what else the machine does only makes it slower. */
async function timeOf(batching: Batching, training: LiveTraining): Promise<number> {
  const each = iterationsOf(batching)
  const until = async (end: number): Promise<number> => {
    let epochs = 0
    do {
      await training.advance(each)
      epochs++
    } while (performance.now() < end)
    return epochs
  }
  await until(performance.now() + WARM_MS)
  let best = Infinity
  const end = performance.now() + TIMED_MS
  do {
    const began = performance.now()
    const epochs = await until(began + SAMPLE_MS)
    best = Math.min(best, (performance.now() - began) / epochs)
  } while (performance.now() < end)
  return best
}
