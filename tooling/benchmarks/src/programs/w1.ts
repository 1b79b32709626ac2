import { compile, tensor, valueAndGrad, type Backend, type Tensor } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { applyUpdates, sgd } from '@neurite/optimizers'

// W1 as a user would write it, on any backend.

/** The compiled step, and what it is called with first. */
export function w1Step(backend: Backend) {
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const optimizer = sgd({ learningRate: 0.1 })
  const { params } = model.init({ inputShape: [2], seed: 0, backend })
  const state = optimizer.init(params)
  type Params = typeof params
  const step = compile(
    (p: Params, s: typeof state, x: Tensor, y: Tensor) => {
      const [loss, grads] = valueAndGrad((q: Params) => mse(model.apply(q, x), y))(p)
      const [updates, nextState] = optimizer.update(grads, s, p)
      return { params: applyUpdates(p, updates), state: nextState, loss }
    },
    { donate: [0, 1] },
  )
  const inputs = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const x = tensor(inputs, { backend })
  const y = tensor(
    inputs.map(([a = 0, b = 0]) => [a * b]),
    { backend },
  )
  return { step, params, state, x, y }
}

/** Trains it for 100 steps, and says the last loss. */
export async function trainW1(backend: Backend): Promise<void> {
  const { step, x, y, ...begin } = w1Step(backend)
  let { params, state } = begin
  for (let i = 0; i < 100; i++) {
    const next = step(params, state, x, y)
    params = next.params
    state = next.state
    if (i === 99) console.log(await next.loss.item())
    next.loss.dispose()
  }
}
