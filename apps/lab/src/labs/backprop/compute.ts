import { cpu } from '@neurite/backend-cpu'
import { type Backend, checkGradients, grad, mul, sub, tensor, tidy, type Tensor } from '@neurite/core'
import { latexSteps, traceBackprop, traceGraph, type BackpropTrace, type Name, type TraceGraph } from '@neurite/explain'
import { mse, sse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { layered, layeredBiases, lossOf, numberOn, type Problem } from './network.js'
import { biasNames, namesOf, weightNames } from './networks.js'
import { stepsOf, type Step } from './steps.js'

export interface BackpropRequest extends Problem {
  /** The weight or bias whose path is asked for, by name. */
  readonly path?: string
  /** Whether the gradients of the inputs are asked for. */
  readonly dx?: boolean
}

/** A network forward and backward, one value at a time. */
export interface Backprop {
  readonly problem: BackpropRequest
  readonly trace: BackpropTrace
  readonly graph: TraceGraph
  /** All of the forward pass, then the backward pass, or of it what the path needs. */
  readonly steps: readonly Step[]
}

export async function backprop(request: BackpropRequest): Promise<Backprop> {
  return withBackend(async (backend) => {
    const { net, x, w, b, path, dx = false } = request
    const number = numberOn(backend)
    const trace = await traceBackprop(
      lossOf(request, backend),
      { x: x.map(number), w: layered(net, w.map(number)), b: layeredBiases(net, b.map(number)) },
      { names: { x: namesOf('x', x.length), w: weightNames(net), b: b.length === 0 ? [] : biasNames(net) } },
    )
    const asked = path === undefined ? {} : { path }
    const graph = traceGraph(trace, asked)
    const steps = stepsOf(trace, graph, latexSteps(await matrices(request, backend), { digits: 3 }), { path, dx })
    return { problem: request, trace, graph, steps }
  })
}

/** The same as matrices (Remark 2). */
function matrices({ net, phi, loss, x, t, w, b }: Problem, backend: Backend): Promise<BackpropTrace> {
  const layers = layered(net, w)
  const biases = layeredBiases(net, b)
  const useBias = biases.length > 0
  const model = sequential(layers.map((rows) => dense(rows.length, { activation: phi, useBias })))
  // A column of W for each neuron, as in the chapter's Z = Y W.
  const columns = (rows: readonly (readonly number[])[]): number[][] =>
    rows[0]!.map((_, i) => rows.map((row) => row[i]!))
  const float64 = (rows: readonly (readonly number[])[]): Tensor =>
    tensor(
      rows.map((row) => [...row]),
      { dtype: 'float64', backend },
    )
  const params = layers.map((rows, l) => ({
    weight: float64(columns(rows)),
    ...(useBias && { bias: tensor([...biases[l]!], { dtype: 'float64', backend }) }),
  }))
  return traceBackprop({ model, loss: loss === 'mse' ? mse : sse }, { params, x: float64([x]), y: float64([t]) })
}

/** How many lengths of a step the curve has. */
const LENGTHS = 41

export interface MeasureRequest extends Problem {
  readonly delta: number
  readonly mostDelta: number
}

/** Whether the gradient is right, and what a step along it does. */
export interface Measured {
  /** The largest difference between a gradient and its central difference, as core's `checkGradients` says it. */
  readonly error: number
  readonly before: number
  /** The loss after one step w - delta grad, and its weights and biases. */
  readonly after: number
  readonly moved: Readonly<Record<'w' | 'b', readonly number[]>>
  /** The loss at each length of the step. */
  readonly curve: readonly (readonly [delta: number, loss: number])[]
}

const silent: Name = (_, value) => value

export async function measureStep(request: MeasureRequest): Promise<Measured> {
  return withBackend(async (backend) => {
    const number = numberOn(backend)
    const { net, delta, mostDelta } = request
    const x = request.x.map(number)
    const weights = request.w.length
    const params = [...request.w, ...request.b].map(number)
    const named = lossOf(request, backend)
    const f = (...all: Tensor[]): Tensor =>
      named({ x, w: layered(net, all.slice(0, weights)), b: layeredBiases(net, all.slice(weights)) }, silent)
    const { maxError } = await checkGradients(f, params)
    const gradients = grad((all: readonly Tensor[]) => f(...all))(params)
    const step = (length: number): Tensor[] => params.map((each, i) => sub(each, mul(length, gradients[i]!)))
    const lossAt = (length: number): Promise<number> => tidy(() => f(...step(length))).item()
    const curve: (readonly [number, number])[] = []
    for (let i = 0; i < LENGTHS; i++) {
      const length = (mostDelta * i) / (LENGTHS - 1)
      curve.push([length, await lossAt(length)])
    }
    const moved = await Promise.all(step(delta).map((each) => each.item()))
    return {
      error: maxError,
      before: curve[0]![1],
      after: await lossAt(delta),
      moved: { w: moved.slice(0, weights), b: moved.slice(weights) },
      curve,
    }
  })
}

/** With a backend of its own, whose memory is given back afterwards. */
async function withBackend<T>(work: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = cpu()
  try {
    return await work(backend)
  } finally {
    backend.dispose()
  }
}
