import {
  add,
  compile,
  matmul,
  mul,
  scan,
  slice,
  softmax,
  tensor,
  valueAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { crossEntropy, mse } from '@neurite/losses'
import { conv2d, dense, flatten, maxPool2d, sequential, type Layer } from '@neurite/nn'
import { adam, applyUpdates, sgd } from '@neurite/optimizers'
import { predictor } from '@neurite/train'
import { sample, type Job, type Library } from '../harness/library.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import type { Inference, LayerSpec, Training, Workload } from '../workloads/workload.js'

/** Neurite on one of its backends, as its users write it: `model.apply` in a compiled step, `predictor` for answers. */
export function neurite(backend: Backend): Library {
  const upload = ({ shape, data }: Host): Tensor => tensor(data, { shape, backend })
  const open = (workload: Workload, problem: Problem): Job => {
    switch (workload.kind) {
      case 'training':
        return (workload.inOneCall === true ? trainInOneCall : train)(workload, problem, upload)
      case 'inference':
        return infer(workload, problem, upload)
      case 'matmul': {
        const product = compile((a: Tensor, b: Tensor) => matmul(a, b))
        return operation(product, [upload(need(problem, 'a')), upload(need(problem, 'b'))])
      }
      case 'chain': {
        const chain = compile((x: Tensor, a: Tensor, b: Tensor) => {
          let y = x
          for (let i = 0; i < workload.operations; i++) y = i % 2 === 0 ? mul(y, a) : add(y, b)
          return y
        })
        return operation(chain, [upload(need(problem, 'x')), upload(need(problem, 'a')), upload(need(problem, 'b'))])
      }
      case 'softmax': {
        const rows = compile((x: Tensor) => softmax(x))
        return operation(rows, [upload(need(problem, 'x'))])
      }
    }
  }
  return { version: `Neurite, backend ${backend.name}`, open }
}

export type Upload = (host: Host) => Tensor

/** A training step, to be compiled or iterated. */
function stepOf(workload: Training) {
  const model = sequential(workload.layers.map(layerOf))
  const { kind, learningRate } = workload.optimizer
  const optimizer = kind === 'sgd' ? sgd({ learningRate }) : adam({ learningRate, epsilon: 1e-8 })
  const criterion = workload.loss === 'mse' ? mse : crossEntropy({ fromLogits: true })
  const step = (params: Tree[], state: Tree, x: Tensor, y: Tensor) => {
    const [loss, grads] = valueAndGrad((p: Tree[]) => criterion(model.apply(p, x), y))(params)
    const [updates, nextState] = optimizer.update(grads, state, params)
    return { params: applyUpdates(params, updates), state: nextState, loss }
  }
  return { optimizer, step }
}

function train(workload: Training, problem: Problem, upload: Upload): Job {
  const { optimizer, step: one } = stepOf(workload)
  const step = compile(one, { donate: [0, 1] })
  const x = upload(need(problem, 'x'))
  const y = upload(need(problem, 'y'))
  let params = paramsOf(workload.layers, problem, upload)
  let state = optimizer.init(params)
  let last = NaN
  return {
    async run(count) {
      for (let i = 1; i <= count; i++) {
        const next = step(params, state, x, y)
        params = next.params
        state = next.state
        if (i === count) last = await next.loss.item()
        next.loss.dispose()
      }
    },
    values: () => [last],
    close: () => step.dispose(),
  }
}

/** Steps of one call. Their batches are stacked: more would not stay in the processor's cache. */
const MOST_STEPS = 1000

function trainInOneCall(workload: Training, problem: Problem, upload: Upload): Job {
  const { optimizer, step } = stepOf(workload)
  type Carry = readonly [params: Tree[], state: Tree]
  const steps = scan(
    ([params, state]: Carry, { x, y }: { x: Tensor; y: Tensor }) => {
      const next = step(params, state, x, y)
      return [[next.params, next.state] as Carry, next.loss]
    },
    { donate: true },
  )
  const stacks = new Map<number, { x: Tensor; y: Tensor }>()
  const stackOf = (count: number): { x: Tensor; y: Tensor } => {
    const stack = (name: string): Tensor => {
      const { shape, data } = need(problem, name)
      const all = new Float32Array(count * data.length)
      for (let i = 0; i < count; i++) all.set(data, i * data.length)
      return upload({ shape: [count, ...shape], data: all })
    }
    const stacked = stacks.get(count) ?? { x: stack('x'), y: stack('y') }
    stacks.set(count, stacked)
    return stacked
  }
  const params = paramsOf(workload.layers, problem, upload)
  let carry: Carry = [params, optimizer.init(params)]
  let last = NaN
  return {
    async run(count) {
      for (let left = count; left > 0; left -= MOST_STEPS) {
        const [next, losses] = steps(carry, stackOf(Math.min(left, MOST_STEPS)))
        carry = next
        if (left <= MOST_STEPS) last = (await losses.data()).at(-1)!
        losses.dispose()
      }
    },
    values: () => [last],
    close: () => steps.dispose(),
  }
}

function infer(workload: Inference, problem: Problem, upload: Upload): Job {
  const params = paramsOf(workload.layers, problem, upload)
  const { inputShape } = workload
  const answers = predictor(sequential(workload.layers.map(layerOf)), params, { inputShape })
  const input = need(problem, 'x')
  const row = upload(input)
  const synchronous = row.backend.readSync !== undefined
  row.dispose()
  let answer: ArrayLike<number> = []
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        answer = synchronous ? answers.predictSync(input.data) : await answers.predict(input.data)
      }
    },
    values: () => sample(answer),
    close: () => answers.dispose(),
  }
}

function operation<A extends Tensor[]>(compute: ((...inputs: A) => Tensor) & { dispose(): void }, inputs: A): Job {
  let result: Tensor | undefined
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        result?.dispose()
        result = compute(...inputs)
      }
      // A backend that answers later is done only when something was read.
      const origin = result!.shape.map(() => 0)
      const corner = slice(result!, { begin: origin, size: origin.map(() => 1) })
      await corner.data()
      corner.dispose()
    },
    values: async () => sample(await result!.data()),
    close() {
      result?.dispose()
      inputs.forEach((input) => input.dispose())
      compute.dispose()
    },
  }
}

/** A layer as our users write it. */
export function layerOf(layer: LayerSpec): Layer {
  const activation = ('activation' in layer ? layer.activation : undefined) ?? 'identity'
  switch (layer.kind) {
    case 'dense':
      return dense(layer.units, { activation })
    case 'conv2d':
      return conv2d(layer.filters, { kernelSize: layer.size, padding: 'same', activation })
    case 'maxPool2d':
      return maxPool2d({ window: layer.size })
    case 'flatten':
      return flatten()
  }
}

/** Params as `sequential` has them: an entry for each layer, `{}` where there is nothing to train. */
export function paramsOf(layers: readonly LayerSpec[], problem: Problem, upload: Upload): Tree[] {
  return layers.map((layer, i) => {
    if (layer.kind !== 'dense' && layer.kind !== 'conv2d') return {}
    return { weight: upload(need(problem, `${i}.weight`)), bias: upload(need(problem, `${i}.bias`)) }
  })
}
