import { fold, key, uniform } from '@neurite/core'
import { shapeAfter, type LayerSpec, type Workload } from './workload.js'

/** A float32 array on the host. */
export interface Host {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * The numbers that a workload starts from, the same for every subject: `x` and `y`, or `a` and `b`, or all but `y`, and for the layer at
 * index i `i.weight` ([in, out], or [height, width, in, out]) and `i.bias`.
 */
export type Problem = Readonly<Record<string, Host>>

/** What `problemOf` made must be there; a missing name is a mistake in a subject. */
export function need(problem: Problem, name: string): Host {
  const host = problem[name]
  if (host === undefined) throw new Error(`the problem has ${Object.keys(problem).join(', ')}, no ${name}`)
  return host
}

/** The starting numbers of a workload, from our seeded generator. Deterministic in the seed. */
export function problemOf(workload: Workload, seed = 0): Problem {
  const root = fold(key(seed), workload.id)
  const draw = (name: string, shape: readonly number[], minimum: number, maximum: number): Host => {
    const size = shape.reduce((a, b) => a * b, 1)
    const values = uniform(fold(root, name), size)
    return { shape, data: Float32Array.from({ length: size }, (_, i) => minimum + (maximum - minimum) * values[i]!) }
  }
  switch (workload.kind) {
    case 'matmul':
      return { a: draw('a', [workload.n, workload.n], -1, 1), b: draw('b', [workload.n, workload.n], -1, 1) }
    case 'softmax':
      return { x: draw('x', workload.shape, -5, 5) }
    case 'chain':
      return {
        x: draw('x', [workload.size], -1, 1),
        a: draw('a', [workload.size], -0.9, 0.9),
        b: draw('b', [workload.size], -1, 1),
      }
    case 'inference':
      return { x: draw('x', [1, ...workload.inputShape], -1, 1), ...weights(workload, draw) }
    case 'training': {
      const { batch, inputShape, loss } = workload
      const outputs = workload.layers.reduce((shape, layer) => shapeAfter(layer, shape), inputShape)
      const raw = draw('y', [batch, ...outputs], -1, 1)
      const y = loss === 'mse' ? raw : oneHotOfLargest(raw)
      return { x: draw('x', [batch, ...inputShape], -1, 1), y, ...weights(workload, draw) }
    }
  }
}

type Draw = (name: string, shape: readonly number[], minimum: number, maximum: number) => Host

/** Glorot & Bengio (2010) uniform weights; small biases that are not 0, so that a forgotten bias shows in the losses. */
function weights(network: { inputShape: readonly number[]; layers: readonly LayerSpec[] }, draw: Draw): Problem {
  const problem: Record<string, Host> = {}
  let shape = network.inputShape
  network.layers.forEach((layer, i) => {
    const next = shapeAfter(layer, shape)
    if (layer.kind === 'dense' || layer.kind === 'conv2d') {
      const window = layer.kind === 'conv2d' ? [layer.size, layer.size] : []
      const [fanIn, fanOut] = [shape.at(-1)!, next.at(-1)!]
      const limit = Math.sqrt(6 / ((fanIn + fanOut) * window.reduce((a, b) => a * b, 1)))
      problem[`${i}.weight`] = draw(`${i}.weight`, [...window, fanIn, fanOut], -limit, limit)
      problem[`${i}.bias`] = draw(`${i}.bias`, [fanOut], -0.1, 0.1)
    }
    shape = next
  })
  return problem
}

/** Rows of 0 with a 1 at each row's largest value. */
function oneHotOfLargest({ shape, data }: Host): Host {
  const classes = shape.at(-1)!
  const y = new Float32Array(data.length)
  for (let row = 0; row < data.length; row += classes) {
    const values = data.subarray(row, row + classes)
    y[row + values.indexOf(Math.max(...values))] = 1
  }
  return { shape, data: y }
}
