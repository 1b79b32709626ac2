import { cpu } from '@neurite/backend-cpu'
import { wasm } from '@neurite/backend-wasm'
import {
  compile,
  disposeTree,
  mul,
  sub,
  sum,
  tensor,
  valueAndGrad,
  type Backend,
  type Executable,
  type Tensor,
} from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { applyUpdates, sgd } from '@neurite/optimizers'
import { fit, predictor } from '@neurite/train'

// What stands around the kernels, layer by layer. Prints one line of JSON a measure: its name and the seconds of one run, in each round.

/** Runs something `count` times; may hand back a promise. */
type Loop = (count: number) => void | Promise<void>

/** A compiled function of 10 tensors, 8 of them donated and returned, on a device whose programs take no time. */
function call(): Loop {
  const backend: Backend = {
    ...(cpu() as Backend),
    release: () => undefined,
    compile({ inputs }): Executable {
      const donated = inputs.flatMap((input, i) => (input.donated ? [i] : []))
      const loss = new Float32Array(1)
      return {
        run(storages) {
          const outputs = new Array<object>(donated.length + 1)
          for (let i = 0; i < donated.length; i++) outputs[i] = storages[donated[i]!]!
          outputs[donated.length] = loss
          return outputs
        },
        dispose: () => undefined,
      }
    },
  }
  const zeros = (length: number): Tensor => tensor(new Float32Array(length), { backend })
  type Params = readonly { readonly weight: Tensor; readonly bias: Tensor }[]
  const step = compile(
    (params: Params, x: Tensor, y: Tensor) => ({
      params: params.map(({ weight, bias }) => ({ weight: sub(weight, 1), bias: sub(bias, 1) })),
      loss: sum(mul(x, y)),
    }),
    { donate: [0] },
  )
  let params: Params = Array.from({ length: 4 }, () => ({ weight: zeros(8), bias: zeros(2) }))
  const [x, y] = [zeros(4), zeros(4)]
  return (count) => {
    for (let i = 0; i < count; i++) {
      const next = step(params, x, y)
      params = next.params
      next.loss.dispose()
    }
  }
}

/** W1's step, compiled, on tensors that are there. */
function bareStep(device: Backend): Loop {
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const optimizer = sgd({ learningRate: 0.1 })
  let { params } = model.init({ inputShape: [2], seed: 0, backend: device })
  let state = optimizer.init(params)
  const step = compile(
    (p: typeof params, s: typeof state, x: Tensor, y: Tensor) => {
      const [loss, grads] = valueAndGrad((q: typeof params) => mse(model.apply(q, x), y))(p)
      const [updates, nextState] = optimizer.update(grads, s, p)
      return { params: applyUpdates(p, updates), state: nextState, loss }
    },
    { donate: [0, 1] },
  )
  const rows = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const x = tensor(rows, { backend: device })
  const y = tensor(
    rows.map(([a = 0, b = 0]) => [a * b]),
    { backend: device },
  )
  return (count) => {
    for (let i = 0; i < count; i++) {
      const next = step(params, state, x, y)
      params = next.params
      state = next.state
      next.loss.dispose()
    }
  }
}

/** The same through `fit`: 1,000 rows in memory, shuffled each epoch, each loss read. */
function throughFit(device: Backend): Loop {
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const x = Array.from({ length: 1000 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const data = { x, y: x.map(([a = 0, b = 0]) => a * b) }
  return async (count) => {
    const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), batchSize: 10, backend: device }
    disposeTree(await fit(model, data, { ...options, epochs: count / 100 }))
  }
}

/** One prediction of the same network: two numbers in, one out. */
function prediction(device: Backend): Loop {
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const { params } = model.init({ inputShape: [2], seed: 0, backend: device })
  const answer = predictor(model, params, { inputShape: [2] })
  const row = Float32Array.of(0.5, -0.5)
  return (count) => {
    for (let i = 0; i < count; i++) answer.predictSync(row)
  }
}

interface Measure {
  readonly count: number
  readonly loop: Loop
}

const on = (device: Backend): Record<string, Measure> => ({
  [`${device.name}: one compiled step of W1`]: { count: 4_000, loop: bareStep(device) },
  [`${device.name}: one iteration of fit, W1`]: { count: 20_000, loop: throughFit(device) },
  [`${device.name}: one prediction of W1`]: { count: 20_000, loop: prediction(device) },
})

const MEASURES: Readonly<Record<string, Measure>> = {
  'a compiled call of 10 tensors, without its kernels': { count: 20_000, loop: call() },
  ...on(cpu()),
  ...on(await wasm()),
}

const rounds = Number(process.argv[2] ?? 9)
for (const { count, loop } of Object.values(MEASURES)) await loop(count)
const seconds = new Map(Object.keys(MEASURES).map((name) => [name, new Array<number>()]))
for (let round = 0; round < rounds; round++) {
  for (const [name, { count, loop }] of Object.entries(MEASURES)) {
    const begin = performance.now()
    await loop(count)
    seconds.get(name)!.push((performance.now() - begin) / 1000 / count)
  }
}
for (const [name, values] of seconds) console.log(JSON.stringify({ name, seconds: values }))
