import {
  compile,
  matmul,
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
import { sample, type Job, type Library } from '../harness/library.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import type { Inference, LayerSpec, Training, Workload } from '../workloads/workload.js'

/** Neurite on one of its backends, as a user of the functional core writes it: `model.apply` in a compiled step. */
export function neurite(backend: Backend): Library {
  const upload = ({ shape, data }: Host): Tensor => tensor(data, { shape, backend })
  const open = (workload: Workload, problem: Problem): Job => {
    switch (workload.kind) {
      case 'training':
        return train(workload, problem, upload)
      case 'inference':
        return infer(workload, problem, upload)
      case 'matmul': {
        const product = compile((a: Tensor, b: Tensor) => matmul(a, b))
        return operation(product, [upload(need(problem, 'a')), upload(need(problem, 'b'))])
      }
      case 'softmax': {
        const rows = compile((x: Tensor) => softmax(x))
        return operation(rows, [upload(need(problem, 'x'))])
      }
    }
  }
  return { version: `Neurite, backend ${backend.name}`, open }
}

type Upload = (host: Host) => Tensor

function train(workload: Training, problem: Problem, upload: Upload): Job {
  const model = sequential(workload.layers.map(layerOf))
  const { kind, learningRate } = workload.optimizer
  const optimizer = kind === 'sgd' ? sgd({ learningRate }) : adam({ learningRate, epsilon: 1e-8 })
  const criterion = workload.loss === 'mse' ? mse : crossEntropy({ fromLogits: true })
  const step = compile(
    (params: Tree[], state: Tree, x: Tensor, y: Tensor) => {
      const [loss, grads] = valueAndGrad((p: Tree[]) => criterion(model.apply(p, x), y))(params)
      const [updates, nextState] = optimizer.update(grads, state, params)
      return { params: applyUpdates(params, updates), state: nextState, loss }
    },
    { donate: [0, 1] },
  )
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

function infer(workload: Inference, problem: Problem, upload: Upload): Job {
  const model = sequential(workload.layers.map(layerOf))
  const params = paramsOf(workload.layers, problem, upload)
  const predict = compile((p: Tree[], x: Tensor) => model.apply(p, x))
  const input = need(problem, 'x')
  const synchronous = params.length > 0 && upload(input).backend.readSync !== undefined
  let answer: ArrayLike<number> = []
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        const x = upload(input)
        const output = predict(params, x)
        answer = synchronous ? output.dataSync() : await output.data()
        x.dispose()
        output.dispose()
      }
    },
    values: () => sample(answer),
    close: () => predict.dispose(),
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
      const corner = slice(result!, { begin: [0, 0], size: [1, 1] })
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

function layerOf(layer: LayerSpec): Layer {
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
function paramsOf(layers: readonly LayerSpec[], problem: Problem, upload: Upload): Tree[] {
  return layers.map((layer, i) => {
    if (layer.kind !== 'dense' && layer.kind !== 'conv2d') return {}
    return { weight: upload(need(problem, `${i}.weight`)), bias: upload(need(problem, `${i}.bias`)) }
  })
}
