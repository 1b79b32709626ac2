import * as tf from '@tensorflow/tfjs-core'
// tfjs-core keeps gradients out of its main entry; this is the import that the union package `@tensorflow/tfjs` makes.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { NotOffered, ONE_BY_ONE, sample, type Job, type Library } from '../harness/library.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import type { Inference, LayerSpec, Training, Workload } from '../workloads/workload.js'

/** Plain tfjs, as its own guides write it: variables, `optimizer.minimize`, `tidy`. */
export async function tfjs(engine: string): Promise<Library> {
  // Fewer checks, and no banner.
  tf.enableProdMode()
  if (!(await tf.setBackend(engine))) throw new Error(`tfjs has no engine ${engine}`)
  // A GPU answers later, and a page that waits for it stands still: its users read as the guides say.
  const read: Read = ['webgl', 'webgpu'].includes(engine) ? (x) => x.data() : (x) => x.dataSync()
  return {
    version: `tfjs-core ${tf.version_core}, engine ${engine}`,
    open: (workload, problem) => open(workload, problem, read),
  }
}

type Read = (x: tf.Tensor) => tf.TypedArray | Promise<tf.TypedArray>

function open(workload: Workload, problem: Problem, read: Read): Job {
  switch (workload.kind) {
    case 'training':
      return train(workload, problem, read)
    case 'inference':
      return infer(workload, problem, read)
    case 'matmul': {
      const [a, b] = [toTensor(need(problem, 'a')), toTensor(need(problem, 'b'))]
      return operation([a, b], () => tf.matMul(a, b), read)
    }
    case 'chain': {
      const [x, a, b] = [toTensor(need(problem, 'x')), toTensor(need(problem, 'a')), toTensor(need(problem, 'b'))]
      const chain = (): tf.Tensor => {
        let y = x
        for (let i = 0; i < workload.operations; i++) y = i % 2 === 0 ? tf.mul(y, a) : tf.add(y, b)
        return y
      }
      return operation([x, a, b], () => tf.tidy(chain), read)
    }
    case 'softmax': {
      const x = toTensor(need(problem, 'x'))
      return operation([x], () => tf.softmax(x), read)
    }
  }
}

function train(workload: Training, problem: Problem, read: Read): Job {
  if (workload.inOneCall === true) throw new NotOffered(ONE_BY_ONE)
  const { learningRate } = workload.optimizer
  const params = variables(workload, problem)
  const x = toTensor(need(problem, 'x'))
  const y = toTensor(need(problem, 'y'))
  const optimizer =
    workload.optimizer.kind === 'sgd' ? tf.train.sgd(learningRate) : tf.train.adam(learningRate, 0.9, 0.999, 1e-8)
  const cost = (): tf.Scalar => {
    const output = forward(workload.layers, params, x)
    return workload.loss === 'mse' ? tf.losses.meanSquaredError(y, output) : tf.losses.softmaxCrossEntropy(y, output)
  }
  let loss = NaN
  return {
    async run(count) {
      try {
        for (let i = 1; i < count; i++) optimizer.minimize(cost)
        const last = optimizer.minimize(cost, true)!
        loss = (await read(last))[0]!
        last.dispose()
      } catch (error) {
        // An engine lacks the gradients of some operations, and says so only here.
        const { message } = error as Error
        throw message.includes('not registered') ? new NotOffered(message) : error
      }
    },
    values: () => [loss],
    close() {
      optimizer.dispose()
      tf.dispose([x, y, ...params.values()])
    },
  }
}

function infer(workload: Inference, problem: Problem, read: Read): Job {
  const params = variables(workload, problem)
  const input = need(problem, 'x')
  let answer: ArrayLike<number> = []
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        const output = tf.tidy(() => forward(workload.layers, params, toTensor(input)))
        const reading = read(output)
        answer = reading instanceof Promise ? await reading : reading
        output.dispose()
      }
    },
    values: () => sample(answer),
    close: () => tf.dispose([...params.values()]),
  }
}

function operation(inputs: readonly tf.Tensor[], compute: () => tf.Tensor, read: Read): Job {
  let result: tf.Tensor | undefined
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        result?.dispose()
        result = compute()
      }
      // A GPU is done only when something was read.
      const origin = result!.shape.map(() => 0)
      const corner = tf.slice(
        result!,
        origin,
        origin.map(() => 1),
      )
      await read(corner)
      corner.dispose()
    },
    values: async () => sample(await read(result!)),
    close: () => tf.dispose([...inputs, ...(result === undefined ? [] : [result])]),
  }
}

function toTensor({ shape, data }: Host): tf.Tensor {
  return tf.tensor(data, [...shape])
}

function variables(network: { readonly layers: readonly LayerSpec[] }, problem: Problem): Map<string, tf.Variable> {
  const params = new Map<string, tf.Variable>()
  network.layers.forEach((layer, i) => {
    if (layer.kind !== 'dense' && layer.kind !== 'conv2d') return
    for (const name of [`${i}.weight`, `${i}.bias`]) {
      const initial = toTensor(need(problem, name))
      params.set(name, tf.variable(initial))
      initial.dispose()
    }
  })
  return params
}

function forward(layers: readonly LayerSpec[], params: ReadonlyMap<string, tf.Variable>, x: tf.Tensor): tf.Tensor {
  return layers.reduce<tf.Tensor>((h, layer, i) => {
    switch (layer.kind) {
      case 'dense':
        return activate(tf.add(tf.matMul(h, params.get(`${i}.weight`)!), params.get(`${i}.bias`)!), layer.activation)
      case 'conv2d': {
        const filter = params.get(`${i}.weight`)! as tf.Tensor as tf.Tensor4D
        return activate(
          tf.add(tf.conv2d(h as tf.Tensor4D, filter, 1, 'same'), params.get(`${i}.bias`)!),
          layer.activation,
        )
      }
      case 'maxPool2d':
        return tf.maxPool(h as tf.Tensor4D, layer.size, layer.size, 'valid')
      case 'flatten':
        return tf.reshape(h, [h.shape[0], -1])
    }
  }, x)
}

function activate(x: tf.Tensor, activation: 'tanh' | 'relu' | undefined): tf.Tensor {
  return activation === 'tanh' ? tf.tanh(x) : activation === 'relu' ? tf.relu(x) : x
}
