import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { NotOffered, ONE_BY_ONE, sample, type Job } from '../harness/library.js'
import { serve } from '../harness/serve.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import {
  shapeAfter,
  type Inference,
  type LayerSpec,
  type OptimizerSpec,
  type Training,
  type Workload,
} from '../workloads/workload.js'

// jax-js on its wasm device: a compiled step, as its own examples write it. A function owns what it is called with; `x.ref` is another hold on x.

/** A weight and a bias for each layer that has them, in this order. */
type Params = np.Array[]

async function open(workload: Workload, problem: Problem): Promise<Job> {
  switch (workload.kind) {
    case 'training':
      return train(workload, problem)
    case 'inference':
      return infer(workload, problem)
    case 'matmul': {
      const [a, b] = [toArray(need(problem, 'a')), toArray(need(problem, 'b'))]
      const compute = jit((x: np.Array, y: np.Array) => np.matmul(x, y))
      return operation(() => compute(a.ref, b.ref))
    }
    case 'softmax': {
      const x = toArray(need(problem, 'x'))
      const compute = jit((rows: np.Array) => nn.softmax(rows, -1))
      return operation(() => compute(x.ref))
    }
    case 'chain': {
      const [x, a, b] = [toArray(need(problem, 'x')), toArray(need(problem, 'a')), toArray(need(problem, 'b'))]
      const compute = jit((y: np.Array, factor: np.Array, summand: np.Array) => {
        let result = y
        for (let i = 0; i < workload.operations; i++)
          result = i % 2 === 0 ? result.mul(factor.ref) : result.add(summand.ref)
        tree.dispose([factor, summand])
        return result
      })
      return operation(() => compute(x.ref, a.ref, b.ref))
    }
  }
}

function train({ layers, batch, inputShape, optimizer, loss, inOneCall }: Training, problem: Problem): Job {
  if (inOneCall === true) throw new NotOffered(ONE_BY_ONE)
  const cost = (params: Params, x: np.Array, y: np.Array): np.Array => {
    const output = forward(layers, params, x)
    if (loss === 'mse') return np.mean(np.square(output.sub(y)))
    return np.sum(nn.logSoftmax(output, -1).mul(y)).mul(-1 / batch)
  }
  const update = optimizer.kind === 'sgd' ? sgd : adam
  const step = jit((params: Params, kept: Kept, x: np.Array, y: np.Array) => {
    const [value, gradients] = valueAndGrad(cost)(tree.ref(params), x, y)
    return { ...update(optimizer, params, gradients, kept), value }
  })
  const x = toArray(imagesFirst(need(problem, 'x'), inputShape))
  const y = toArray(need(problem, 'y'))
  let params = paramsOf(layers, inputShape, problem)
  let kept: Kept = optimizer.kind === 'sgd' ? [] : keptBy(params)
  let last = NaN
  return {
    async run(count) {
      for (let i = 1; i <= count; i++) {
        const next = step(params, kept, x.ref, y.ref)
        params = next.params
        kept = next.kept
        if (i === count) last = (await next.value.data())[0]!
        else next.value.dispose()
      }
    },
    values: () => [last],
    close() {
      tree.dispose([params, kept, x, y])
      step.dispose()
    },
  }
}

/** What an optimizer keeps: for Adam m, v and the two powers of its betas. */
type Kept = np.Array[]
type Updated = { params: Params; kept: Kept }

function sgd({ learningRate }: OptimizerSpec, params: Params, gradients: Params): Updated {
  return { params: params.map((w, i) => w.sub(gradients[i]!.mul(learningRate))), kept: [] }
}

function keptBy(params: Params): Kept {
  const zeros = (): np.Array[] => params.map(({ shape }) => np.zeros(shape))
  return [...zeros(), ...zeros(), np.array(1), np.array(1)]
}

/** Kingma & Ba (2015), algorithm 1. */
function adam({ learningRate }: OptimizerSpec, params: Params, gradients: Params, kept: Kept): Updated {
  const count = params.length
  const [power1, power2] = [kept[2 * count]!.mul(0.9), kept[2 * count + 1]!.mul(0.999)]
  const m = gradients.map((g, i) => kept[i]!.mul(0.9).add(g.ref.mul(0.1)))
  const v = gradients.map((g, i) => kept[count + i]!.mul(0.999).add(np.square(g).mul(0.001)))
  const [rate, scale] = [np.array(learningRate).div(np.array(1).sub(power1.ref)), np.array(1).sub(power2.ref)]
  const moved = params.map((w, i) => {
    const root = np.sqrt(v[i]!.ref.div(scale.ref)).add(1e-8)
    return w.sub(m[i]!.ref.mul(rate.ref).div(root))
  })
  tree.dispose([rate, scale])
  return { params: moved, kept: [...m, ...v, power1, power2] }
}

function infer({ layers, inputShape }: Inference, problem: Problem): Job {
  const params = paramsOf(layers, inputShape, problem)
  const compute = jit((given: Params, x: np.Array) => forward(layers, given, x))
  const { shape, data } = need(problem, 'x')
  let answer: ArrayLike<number> = []
  return {
    run(count) {
      for (let i = 0; i < count; i++)
        answer = compute(tree.ref(params), np.array(data, { shape: [...shape] })).dataSync()
    },
    values: () => sample(answer),
    close() {
      tree.dispose(params)
      compute.dispose()
    },
  }
}

function operation(compute: () => np.Array): Job {
  let result: np.Array | undefined
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        result?.dispose()
        result = compute()
        // It would put off the work otherwise.
        await result.blockUntilReady()
      }
    },
    values: () => sample(result!.ref.dataSync()),
    close: () => result?.dispose(),
  }
}

function forward(layers: readonly LayerSpec[], params: Params, x: np.Array): np.Array {
  let next = 0
  return layers.reduce((h, layer) => {
    switch (layer.kind) {
      case 'dense':
        return activate(np.matmul(h, params[next++]!).add(params[next++]!), layer.activation)
      case 'conv2d': {
        const z = lax.conv(h, params[next++]!, [1, 1], 'SAME').add(params[next++]!.reshape([-1, 1, 1]))
        return activate(z, layer.activation)
      }
      case 'maxPool2d':
        return lax.reduceWindow(h, np.max, [layer.size, layer.size], [layer.size, layer.size])
      case 'flatten':
        return h.reshape([h.shape[0]!, -1])
    }
  }, x)
}

function activate(x: np.Array, activation: 'tanh' | 'relu' | undefined): np.Array {
  return activation === 'tanh' ? np.tanh(x) : activation === 'relu' ? nn.relu(x) : x
}

const toArray = ({ shape, data }: Host): np.Array => np.array(data, { shape: [...shape] })

/** Its images are [n, channels, height, width], its filters [out, in, height, width]. */
function paramsOf(layers: readonly LayerSpec[], inputShape: readonly number[], problem: Problem): Params {
  let shape = inputShape
  let images: readonly number[] = []
  return layers.flatMap((layer, i) => {
    if (layer.kind === 'flatten') images = shape
    shape = shapeAfter(layer, shape)
    if (layer.kind !== 'dense' && layer.kind !== 'conv2d') return []
    const [weight, bias] = [toArray(need(problem, `${i}.weight`)), toArray(need(problem, `${i}.bias`))]
    if (layer.kind === 'conv2d') return [np.transpose(weight, [3, 2, 0, 1]), bias]
    const [height, width, channels] = images
    images = []
    if (height === undefined) return [weight, bias]
    // Its rows in the order in which such images are flattened.
    const rows = np.transpose(weight.reshape([height, width!, channels!, -1]), [2, 0, 1, 3])
    return [rows.reshape([height * width! * channels!, -1]), bias]
  })
}

function imagesFirst({ shape, data }: Host, inputShape: readonly number[]): Host {
  if (inputShape.length !== 3) return { shape, data }
  const [n, height, width, channels] = shape as [number, number, number, number]
  const moved = new Float32Array(data.length)
  const plane = height * width
  for (let image = 0; image < n; image++)
    for (let at = 0; at < plane; at++)
      for (let channel = 0; channel < channels; channel++)
        moved[(image * channels + channel) * plane + at] = data[(image * plane + at) * channels + channel]!
  return { shape: [n, channels, height, width], data: moved }
}

await serve(async () => {
  await init('wasm')
  defaultDevice('wasm')
  return { version: '@jax-js/jax 0.1.25, device wasm, one thread', open }
})
