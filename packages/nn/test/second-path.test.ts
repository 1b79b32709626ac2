import { cpu } from '@neurite/backend-cpu'
import { key, setDefaultBackend, tensor } from '@neurite/core'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  addNodes,
  batchNorm,
  call,
  dense,
  dropout,
  graph,
  input,
  residual,
  sequential,
  type Layer,
} from '../src/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

/** 8 columns through dropout twice, so that masks and their order matter. */
function drops(): readonly (readonly [string, Layer])[] {
  const body = (): Layer => sequential([dropout(0.4), dense(8), dropout(0.4)])
  const node = input([8])
  const first = call(dense(8), call(dropout(0.4), node))
  return [
    ['sequential', body()],
    ['residual', residual(body())],
    ['residual in a sequential', sequential([residual(body()), residual(dropout(0.4))])],
    ['graph', graph({ inputs: node, outputs: addNodes([node, call(dropout(0.4), first)]) })],
  ]
}

// fit calls forward, programs call apply: with one key both train the same network.
describe.each(drops())('%s with dropout', (_, model) => {
  test('apply and forward drop the same', async () => {
    const { params, state } = model.init({ inputShape: [8], seed: 4 })
    const x = tensor(Array.from({ length: 16 }, (_, i) => Array.from({ length: 8 }, (_, j) => 1 + i + j / 8)))
    const run = async (seed: number): Promise<unknown> => {
      const options = { training: true, random: key(seed) }
      const applied = await model.apply(params, x, { ...options, state }).toArray()
      const [forwarded] = model.forward(params, state, x, options)
      expect(await forwarded.toArray()).toEqual(applied)
      return applied
    }
    expect(await run(1)).not.toEqual(await run(2))
  })
})

test('in a residual, apply normalizes by the state that it is given, as forward does', async () => {
  const model = residual(batchNorm())
  const { params, state } = model.init({ inputShape: [3], seed: 0 })
  const x = tensor([[1, 2, 3], [5, 5, 1], [0, -4, 2]]) // prettier-ignore
  const [, after] = model.forward(params, state, x, { training: true })
  const [evaluated, same] = model.forward(params, after, x)
  expect(await model.apply(params, x, { state: after }).toArray()).toEqual(await evaluated.toArray())
  expect(await model.apply(params, x, { state: after }).toArray()).not.toEqual(
    await model.apply(params, x, { state }).toArray(),
  )
  expect(same).toEqual(after)
})

test('dropout draws on the backend of its input, whichever is the default', async () => {
  const other = cpu()
  const x = tensor([[1, 2, 3, 4]], { backend: other })
  const y = dropout(0.5).apply({}, x, { training: true, random: key(1) })
  expect(y.backend).toBe(other)
  const usual = dropout(0.5).apply({}, tensor([[1, 2, 3, 4]]), { training: true, random: key(1) })
  expect(await y.toArray()).toEqual(await usual.toArray())
})
