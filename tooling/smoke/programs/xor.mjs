/**
 * Trains XOR with the packages it is given: the same program for `import`, `require()` and a bundler.
 *
 * @returns {Promise<number>} the last loss
 */
export async function trainXor({ core, backend, nn, losses, optimizers }) {
  core.setDefaultBackend(backend.cpu())
  const model = nn.sequential([nn.dense(8, { activation: 'tanh' }), nn.dense(1)])
  const optimizer = optimizers.adam({ learningRate: 0.05 })
  const x = core.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
  const y = core.tensor([[0], [1], [1], [0]])
  const step = core.compile(
    (params, state, x, y) => {
      const [loss, grads] = core.valueAndGrad((p) => losses.mse(model.apply(p, x), y))(params)
      const [updates, next] = optimizer.update(grads, state, params)
      return { params: optimizers.applyUpdates(params, updates), state: next, loss }
    },
    { donate: [0, 1] },
  )
  let { params } = model.init({ inputShape: [2], seed: 1 })
  let state = optimizer.init(params)
  let loss = Infinity
  for (let i = 0; i < 300; i++) {
    const out = step(params, state, x, y)
    params = out.params
    state = out.state
    loss = await out.loss.item()
    out.loss.dispose()
  }
  if (!(loss < 0.01)) throw new Error(`XOR was not learnt: the loss is ${loss}`)
  return loss
}
