import {
  add,
  compile,
  div,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  relu,
  slice,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tidy,
  valueAndGrad,
  type Tensor,
} from '@neurite/core'
import { checkClose } from '../check/compare.js'
import { download, upload } from '../check/device.js'
import { TRAINING } from '../check/tolerance.js'
import { expectedOf, goldenTrainings, inputOf, type GoldenTensor, type GoldenTraining } from '../golden/files.js'
import { build, host, type HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'

interface Params {
  readonly weights: readonly Tensor[]
  readonly biases: readonly Tensor[]
}
type State = readonly Params[]
type Step = (
  params: Params,
  state: State,
  x: Tensor,
  y: Tensor,
  corrections: readonly Tensor[],
) => { params: Params; state: State; loss: Tensor; gradients: Params }

/**
 * Whole trainings, step by step as PyTorch made them, written in core's ops alone: network, loss, gradient, optimizer.
 */
export function trainingCases(suite: Suite): void {
  suite.group('golden trainings', () => {
    for (const golden of goldenTrainings) {
      for (const dtype of ['float64', 'float32'] as const) {
        suite.test(
          `${golden.name} ${dtype} eager`,
          (context) => follow(context, golden, dtype, (...args) => tidy(() => stepOf(golden)(...args)), false),
          { golden: 1 },
        )
        suite.test(
          `${golden.name} ${dtype} compiled`,
          async (context) => {
            const step = compile(stepOf(golden), { donate: [0, 1] })
            await follow(context, golden, dtype, step, true)
            step.dispose()
          },
          { golden: 1 },
        )
      }
    }
  })
}

function network({ weights, biases }: Params, x: Tensor, hidden: string): Tensor {
  return weights.reduce((input, weight, layer) => {
    const z = add(matmul(input, weight), biases[layer]!)
    if (layer === weights.length - 1) return z
    return hidden === 'tanh' ? tanh(z) : relu(z)
  }, x)
}

function lossOf(kind: string, prediction: Tensor, target: Tensor): Tensor {
  if (kind === 'mse') return mean(square(sub(prediction, target)))
  return neg(mean(sum(mul(target, logSoftmax(prediction)), { axes: [-1] })))
}

function combine(f: (...parts: Tensor[]) => Tensor, ...trees: Params[]): Params {
  const along = (name: keyof Params): Tensor[] =>
    trees[0]![name].map((_, i) => f(...trees.map((tree) => tree[name][i]!)))
  return { weights: along('weights'), biases: along('biases') }
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

/**
 * One step of training. Adam as in Kingma & Ba (2015), algorithm 1; its bias corrections change from step to step, so
 * they are arguments.
 */
function stepOf({ attrs: { optimizer, learningRate }, hidden, loss: kind }: GoldenTraining): Step {
  return (params, state, x, y, [first, second]) => {
    const [loss, gradients] = valueAndGrad((p: Params) => lossOf(kind, network(p, x, hidden), y))(params)
    if (optimizer === 'sgd')
      return {
        params: combine((p, g) => sub(p, mul(g, learningRate)), params, gradients),
        state: [],
        loss,
        gradients,
      }
    const m = combine((before, g) => add(mul(before, BETA1), mul(g, 1 - BETA1)), state[0]!, gradients)
    const v = combine((before, g) => add(mul(before, BETA2), mul(square(g), 1 - BETA2)), state[1]!, gradients)
    const next = combine(
      (p, mean, variance) =>
        sub(p, mul(div(div(mean, first!), add(sqrt(div(variance, second!)), EPSILON)), learningRate)),
      params,
      m,
      v,
    )
    return { params: next, state: [m, v], loss, gradients }
  }
}

async function follow(
  { backend, capabilities }: Context,
  golden: GoldenTraining,
  dtype: 'float32' | 'float64',
  step: Step,
  donates: boolean,
): Promise<void> {
  const place = (tensor: GoldenTensor): Tensor => upload(backend, inputOf(tensor, dtype))
  const scalar = (value: number): Tensor => upload(backend, host([], [value], dtype))
  const zeros = (): Params =>
    combine(
      (p) =>
        upload(
          backend,
          build(p.shape, dtype, () => 0),
        ),
      params,
    )
  const disposeAll = (tree: Params): void => [...tree.weights, ...tree.biases].forEach((x) => x.dispose())
  const comparison = { tolerance: TRAINING[dtype], capabilities }
  const all = async (what: string, got: readonly Tensor[], expected: readonly GoldenTensor[]): Promise<void> => {
    for (const [i, tensor] of expected.entries())
      checkClose(`${golden.name}: ${what} ${i}`, await download(got[i]!), expectedOf(tensor, dtype), comparison)
  }

  const X = place(golden.X)
  // The sine's targets are doubles.
  const Y = upload(backend, expectedOf(golden.Y, dtype))
  let params: Params = { weights: golden.weights.map(place), biases: golden.biases.map(place) }
  let state: State = golden.attrs.optimizer === 'adam' ? [zeros(), zeros()] : []
  const losses: number[] = []
  for (let s = 0; s < golden.losses.length; s++) {
    const rows = (x: Tensor): Tensor =>
      slice(x, { begin: [(s * golden.batchSize) % x.shape[0]!, 0], size: [golden.batchSize, -1] })
    const batch = [rows(X), rows(Y)] as const
    const corrections = [scalar(1 - BETA1 ** (s + 1)), scalar(1 - BETA2 ** (s + 1))]
    const result = step(params, state, ...batch, corrections)
    if (!donates) [params, ...state].forEach(disposeAll)
    params = result.params
    state = result.state
    losses.push(await result.loss.item())
    if (s === 0) {
      await all('first gradient of weights', result.gradients.weights, golden.firstGradients.weights)
      await all('first gradient of biases', result.gradients.biases, golden.firstGradients.biases)
    }
    for (const x of [...batch, ...corrections, result.loss]) x.dispose()
    disposeAll(result.gradients)
  }
  const curve = (values: readonly number[]): HostArray => host([values.length], values, 'float64')
  checkClose(`${golden.name}: loss of each step`, curve(losses), curve(golden.losses), {
    // A loss arrives as a JavaScript number; the error it may have is that of the dtype it was computed in.
    tolerance:
      dtype === 'float64'
        ? TRAINING.float64
        : {
            ...TRAINING.float32,
            ulps: TRAINING.float32.ulps * (capabilities.float32Precision === 16 ? 2 ** 42 : 2 ** 29),
          },
    capabilities,
  })
  await all('final weights', params.weights, golden.finalWeights)
  ;[params, ...state].forEach(disposeAll)
  X.dispose()
  Y.dispose()
}
