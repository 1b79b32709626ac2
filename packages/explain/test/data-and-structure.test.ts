import { cpu } from '@neurite/backend-cpu'
import { matmul, memory, mul, setDefaultBackend, tanh, tensor } from '@neurite/core'
import { mse } from '@neurite/losses'
import { batchNorm, call, dense, graph, input, layer, sequential } from '@neurite/nn'
import { ones } from '@neurite/nn/initializers'
import { beforeAll, describe, expect, test } from 'vitest'
import { collapseLinear, gradientFlow, networkGraph, traceBackprop } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const model = sequential([dense(2, { activation: 'tanh' }), dense(1)])
const params = () => model.init({ inputShape: [2] }).params
describe('numbers as a person has them', () => {
  const x = [
    [1, 2],
    [3, -1],
  ]
  const y = [[1], [0]]

  test('give what tensors give, and leave none behind', async () => {
    const own = params()
    const [tx, ty] = [tensor(x), tensor(y)]
    const before = memory().buffers
    const flow = await gradientFlow(model, own, { x, y: { shape: [2, 1], data: Float32Array.of(1, 0) } }, mse)
    expect(flow).toEqual(await gradientFlow(model, own, { x: tx, y: ty }, mse))
    const traced = await traceBackprop({ model, loss: mse }, { params: own, x, y })
    expect(traced).toEqual(await traceBackprop({ model, loss: mse }, { params: own, x: tx, y: ty }))
    expect(memory().buffers).toBe(before)
  })

  test('and are refused by name otherwise', async () => {
    await expect(gradientFlow(model, params(), { x: 'x' as never, y }, mse)).rejects.toThrow(/gradientFlow: x must be/)
    await expect(gradientFlow(model, params(), { x: [[1], [2, 3]], y }, mse)).rejects.toThrow(/SHAPE_MISMATCH/)
    await expect(gradientFlow(model, params(), { x, z: y } as never, mse)).rejects.toThrow(/unknown option 'z'/)
    await expect(gradientFlow(model, params(), { x, y }, 'mse' as never)).rejects.toThrow(/loss must be a function/)
    await expect(traceBackprop({ model, loss: mse }, { params: params(), x, y: null as never })).rejects.toThrow(
      /traceBackprop: y must be/,
    )
  })
})

describe('structure, not names', () => {
  /** x W + b with names of its own. */
  const affine = (name: string) =>
    layer({
      name,
      map: 'matrix',
      activation: tanh,
      parameters: (inputShape) => ({ weight: { shape: [...inputShape, 2], initializer: ones } }),
      outputShape: () => [2],
      apply: ({ weight }, x, { activate }) => activate(matmul(x, weight)),
    })

  test('a layer of your own that says what it is takes part everywhere', async () => {
    const own = sequential([affine('mine'), layer({ name: 'nothing', map: 'identity', apply: (_, x) => x })])
    const made = own.init({ inputShape: [3] }).params
    const { nodes, edges } = await networkGraph(own, made)
    expect(nodes.filter(({ kind }) => kind === 'neuron').map(({ activation }) => activation)).toEqual(['tanh', 'tanh'])
    expect(edges).toHaveLength(6)
    const flow = await gradientFlow(own, made, { x: [[0.1, 0.2, 0.3]], y: [[0, 1]] }, mse)
    expect(flow.layers[0]).toMatchObject({ layer: 'mine', activation: 'tanh' })
    expect(flow.layers[0]!.meanSlope).toBeCloseTo(1 - Math.tanh(0.6) ** 2, 6)
    await expect(collapseLinear(own, made)).rejects.toThrow(/mine is not linear: its activation is tanh/)
    const plain = affine('mine').withActivation!('linear')
    const { weight } = await collapseLinear(plain, plain.init({ inputShape: [3] }).params)
    expect(await weight.toArray()).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })

  test('a layer that only has the name of another is not taken for it', async () => {
    const impostor = layer({ name: 'dense', config: { kind: 'dense' }, apply: (_, x) => mul(x, x) })
    expect((await networkGraph(impostor, {}, { inputShape: [2] })).nodes.map(({ kind }) => kind)).toEqual([
      'input',
      'input',
      'layer',
    ])
    await expect(collapseLinear(impostor, {}, { inputShape: [2] })).rejects.toThrow(/no affine map, or not known/)
  })

  test('layers of a graph are seen with running statistics too', async () => {
    const a = input([2])
    const normed = graph({ inputs: a, outputs: call(dense(1), call(batchNorm(), a)) })
    const { params, state } = normed.init({ inputShape: [2] })
    const batch = { x: [[1, 2]], y: [[0]] }
    const flow = await gradientFlow(normed, params, batch, mse, { state })
    expect(flow.layers.map(({ layer }) => layer)).toEqual(['batchNorm', 'dense'])
  })
})
