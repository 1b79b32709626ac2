import {
  add,
  checkGradients,
  gelu,
  grad,
  memory,
  mul,
  ones as onesOf,
  setDefaultBackend,
  tensor,
  valueAndGrad,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  batchNorm,
  call,
  configOf,
  conv2d,
  countParams,
  dense,
  dropout,
  embedding,
  flatten,
  graph,
  graphFromConfig,
  input,
  layer,
  layerFromConfig,
  penalty,
  residual,
  sequential,
  shapeError,
  summary,
  type Layer,
  type LayerConfig,
} from '../src/index.js'
import { ones, zeros } from '../src/initializers/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

describe('layers of one’s own', () => {
  /** x * factor + mean number of examples seen: params and state, as the README shows. */
  const counter = () =>
    layer({
      name: 'counter',
      parameters: (inputShape) => ({ factor: { shape: inputShape, initializer: ones } }),
      state: () => ({ calls: { shape: [], initializer: zeros } }),
      forward: ({ factor }, state, x, { training }) => [
        mul(x, factor),
        state && training ? { calls: add(state.calls, 1) } : state,
      ],
    })

  test('ten lines are enough', async () => {
    const scale = layer({
      name: 'scale',
      parameters: (inputShape) => ({ factor: { shape: inputShape, initializer: ones } }),
      apply: ({ factor }, x) => mul(x, factor),
    })
    const model = sequential([dense(3), scale])
    const { params } = model.init({ inputShape: [2], dtype: 'float64' })
    expect(await params[1].factor.toArray()).toEqual([1, 1, 1])
    const check = await checkGradients(
      (factor) => model.apply([params[0], { factor }], onesOf([4, 2], { dtype: 'float64' })),
      [params[1].factor],
    )
    expect(check.ok).toBe(true)
  })

  test('state is threaded', async () => {
    const model = sequential([counter()])
    const { params, state } = model.init({ inputShape: [2] })
    const [, one] = model.forward(params, state, tensor([[1, 2]]), { training: true })
    const [, two] = model.forward(params, one, tensor([[1, 2]]), { training: true })
    const [, same] = model.forward(params, two, tensor([[1, 2]]))
    expect(await same[0].calls.item()).toBe(2)
  })

  test('the bare interface will do too', async () => {
    const negate: Layer<Record<never, never>, Record<never, never>> = {
      name: 'negate',
      init: () => ({ params: {}, state: {} }),
      apply: (_params, x) => mul(x, -1),
      forward: (_params, state, x) => [mul(x, -1), state],
      outputShape: (inputShape) => inputShape,
    }
    const model = sequential([negate, flatten()])
    const { params, state } = model.init({ inputShape: [1, 2] })
    expect(await model.forward(params, state, tensor([[[1, 2]]]))[0].toArray()).toEqual([[-1, -2]])
    expect(summary(model, [1, 2]).parameters).toBe(0)
    // Which params there are is asked of init, for the shape that comes.
    const scale: Layer = {
      ...negate,
      init: ({ inputShape }) => ({ params: { scale: onesOf(inputShape) }, state: {} }),
    }
    expect(summary(sequential([flatten(), scale]), [2, 3]).parameters).toBe(6)
  })

  test('they can refuse shapes in the words of the others', () => {
    const pairs = layer({
      name: 'pairs',
      outputShape(inputShape) {
        if (inputShape.length !== 2) throw shapeError('pairs', 'rows, columns', inputShape)
        return inputShape
      },
      apply: (_params, x) => x,
    })
    expect(() => sequential([pairs]).init({ inputShape: [3] })).toThrow(
      'sequential[0]: pairs: expected inputs of shape [batch, rows, columns], got [batch, 3].',
    )
  })
})

describe('penalty (L1, L2)', () => {
  const model = sequential([
    dense(2, { regularizer: { l1: 0.5, l2: 0.1 } }),
    batchNorm(),
    residual(dense(2, { useBias: false, regularizer: { l2: 1 } })),
    dense(1),
  ])
  const params = () => {
    const made = model.init({ inputShape: [1] }).params
    return [
      { weight: tensor([[3, -4]]), bias: tensor([100, 100]) },
      made[1],
      [
        {
          weight: tensor([
            [1, 0],
            [0, 2],
          ]),
        },
      ],
      made[3],
    ] as const
  }

  test('sums what each layer asks for, weights only', async () => {
    // 0.5 * 7 + 0.1 * 25 + 1 * 5
    expect(await penalty(model, params())!.item()).toBeCloseTo(11, 5)
  })

  test('has the gradient l1 sign(w) + 2 l2 w', async () => {
    const g = grad((p: ReturnType<typeof params>) => penalty(model, p)!)(params())
    const first = await g[0].weight.data()
    expect(first[0]).toBeCloseTo(0.5 + 0.6, 6)
    expect(first[1]).toBeCloseTo(-0.5 - 0.8, 6)
    expect(await g[0].bias.toArray()).toEqual([0, 0])
    expect(await g[2][0].weight.toArray()).toEqual([
      [2, 0],
      [0, 4],
    ])
  })

  test('counts shared weights once, and is undefined where nothing is asked', async () => {
    const shared = dense(1, { useBias: false, regularizer: { l2: 1 } })
    const x = input([1])
    const twice = graph({ inputs: x, outputs: call(shared, call(shared, x)) })
    expect(await penalty(twice, [{ weight: tensor([[3]]) }])!.item()).toBe(9)
    expect(penalty(sequential([dense(1)]), [{}])).toBeUndefined()
    expect(penalty(dense(1, { regularizer: {} }), { weight: tensor([[1]]) })).toBeUndefined()
  })

  test('trains: a penalty alone shrinks the weights', async () => {
    const own = dense(1, { useBias: false, regularizer: { l2: 0.5 } })
    let p = { weight: tensor([[8]]) }
    for (let i = 0; i < 5; i++) {
      const [, g] = valueAndGrad((q: typeof p) => penalty(own, q)!)(p)
      p = { weight: add(p.weight, mul(g.weight, -0.5)) }
    }
    expect(await p.weight.item()).toBeCloseTo(8 / 32, 6)
  })

  test('wrong strengths are named', () => {
    expect(() => dense(1, { regularizer: { l2: -1 } })).toThrow(
      /dense: regularizer: l2 must be a finite number >= 0, got -1.*INVALID_ARGUMENT/,
    )
    expect(() => conv2d(1, { kernelSize: 1, regularizer: { L2: 1 } as object })).toThrow(/UNKNOWN_OPTION/)
    expect(() => penalty(sequential([dense(1)]), [])).toThrow(/NOT_INITIALIZED/)
  })
})

describe('summary', () => {
  const model = sequential([
    conv2d(4, { kernelSize: 3 }),
    flatten(),
    residual(sequential([dense(8), dense(16)])),
    dense(2),
  ])

  test('lists every layer with the path to its params', () => {
    const table = summary(model, [4, 4, 1])
    expect(table.rows).toEqual([
      { path: '[0]', layer: 'conv2d', inputShape: [4, 4, 1], outputShape: [2, 2, 4], parameters: 40 },
      { path: '[1]', layer: 'flatten', inputShape: [2, 2, 4], outputShape: [16], parameters: 0 },
      { path: '[2][0][0]', layer: 'dense', inputShape: [16], outputShape: [8], parameters: 136 },
      { path: '[2][0][1]', layer: 'dense', inputShape: [8], outputShape: [16], parameters: 144 },
      { path: '[3]', layer: 'dense', inputShape: [16], outputShape: [2], parameters: 34 },
    ])
    const { params } = model.init({ inputShape: [4, 4, 1] })
    expect(table.parameters).toBe(countParams(params))
    expect(countParams(params[2][0][1])).toBe(144)
  })

  test('is a table as text', () => {
    expect(String(summary(sequential([dense(16), dropout(0.1)]), [4]))).toBe(
      [
        'path  layer    output       parameters',
        '[0]   dense    [batch, 16]          80',
        '[1]   dropout  [batch, 16]           0',
        '               total                80',
      ].join('\n'),
    )
  })

  test('makes no tensors', () => {
    const before = memory().buffers
    summary(model, [4, 4, 1])
    expect(memory().buffers).toBe(before)
  })

  test('of graphs: a shared layer counts once', () => {
    const shared = dense(3)
    const x = input([3])
    expect(summary(graph({ inputs: x, outputs: call(shared, call(shared, x)) }), [3]).parameters).toBe(12)
    expect(summary(graph({ inputs: [x], outputs: [call(shared, x)] })).parameters).toBe(12)
  })

  test('names the layer that does not fit', () => {
    expect(() => summary(model, [2, 2, 1])).toThrow(
      /^sequential\[0\]: conv2d: a window of 3 x 3 .*does not fit.*SHAPE_MISMATCH/,
    )
  })
})

describe('configs', () => {
  test('hold what was asked, and nothing else', () => {
    expect(dense(3).config).toEqual({ kind: 'dense', units: 3 })
    // A function of core has a name, so it can be saved.
    expect(dense(3, { activation: gelu }).config).toEqual({ kind: 'dense', units: 3, activation: 'gelu' })
    expect(
      conv2d(2, {
        kernelSize: 3,
        padding: [
          [1, 0],
          [0, 1],
        ],
        weightInitializer: zeros,
      }).config,
    ).toEqual({
      kind: 'conv2d',
      filters: 2,
      kernelSize: 3,
      padding: [
        [1, 0],
        [0, 1],
      ],
      weightInitializer: { kind: 'zeros' },
    })
    expect(embedding(5, 2, { regularizer: { l1: 1 } }).config).toEqual({
      kind: 'embedding',
      vocabulary: 5,
      dim: 2,
      regularizer: { l1: 1 },
    })
  })

  test('say where a function was, and cannot be saved then', () => {
    const model = sequential([dense(1), residual(dense(1, { activation: (x) => x }))])
    expect(model.layers[1].config).toEqual({
      kind: 'residual',
      layers: [{ kind: 'dense', units: 1, activation: 'custom' }],
    })
    expect(() => configOf(model)).toThrow(
      /configOf: the activation of sequential\[1\] residual\[0\] dense is a function.*NOT_SUPPORTED/,
    )
    expect(() => layerFromConfig(model.config!)).toThrow(/activation of dense was a function.*NOT_SUPPORTED/)
    const own = dense(1, { weightInitializer: (shape) => onesOf(shape) })
    expect(() => configOf(own)).toThrow(/weightInitializer of dense is a function.*NOT_SUPPORTED/)
    expect(() => layerFromConfig(own.config!)).toThrow(/dense: the initializer was a function.*NOT_SUPPORTED/)
    expect(() => configOf(sequential([layer({ name: 'mine', apply: (_p, x) => x })]))).toThrow(
      /sequential\[0\] mine has no config.*NOT_SUPPORTED/,
    )
  })

  test('builders make layers of one’s own', async () => {
    const times = (n: number) => layer({ name: 'times', config: { kind: 'times', n }, apply: (_p, x) => mul(x, n) })
    const config = configOf(sequential([times(3), flatten()]))
    const again = layerFromConfig(config, { builders: { times: ({ n }) => times(n as number) } })
    const { params } = again.init({ inputShape: [1] })
    expect(await again.apply(params, tensor([[2]])).toArray()).toEqual([[6]])
    expect(() => layerFromConfig(config)).toThrow(
      /unknown kind "times"; known: activation, .*sequential.*builders.*INVALID_ARGUMENT/,
    )
  })

  test('graphs of several ends come back by graphFromConfig', () => {
    const [a, b] = [input([1]), input([1])]
    const model = graph({ inputs: [a, b], outputs: [call(dense(2), a), call(dense(3), b)] })
    const again = graphFromConfig(JSON.parse(JSON.stringify(model.config)) as LayerConfig)
    expect(again.config).toEqual(model.config)
    expect(() => layerFromConfig(model.config)).toThrow(/use graphFromConfig.*INVALID_ARGUMENT/)
    expect(() => graphFromConfig(dense(1).config!)).toThrow(/use layerFromConfig.*INVALID_ARGUMENT/)
  })

  test('hostile ones are refused with a code', () => {
    const bad: unknown[] = [
      null,
      5,
      'dense',
      {},
      { kind: 5 },
      { kind: '__proto__' },
      { kind: 'constructor' },
      { kind: 'toString' },
      { kind: 'dense' },
      // A name in a list reads as that name where it is a key.
      { kind: ['dense'], units: 3 },
      { kind: 'dense', units: 3, weightInitializer: { kind: ['zeros'] } },
      { kind: 'dense', units: 3, activation: ['relu'] },
      { kind: 'dense', units: '3' },
      { kind: 'dense', units: 3, oops: 1 },
      { kind: 'dense', units: 3, activation: 'constructor' },
      { kind: 'dense', units: 3, weightInitializer: { kind: 'hasOwnProperty' } },
      { kind: 'dense', units: 3, weightInitializer: { kind: 'normal', mean: 'x' } },
      { kind: 'dense', units: 3, weightInitializer: 5 },
      { kind: 'dense', units: 3, regularizer: { l2: 'a lot' } },
      { kind: 'dropout', rate: '0.5' },
      { kind: 'dropout', rate: 0.5, seed: 1 },
      { kind: 'flatten', axis: 1 },
      { kind: 'unflatten', shape: 'no' },
      { kind: 'conv2d', filters: 1 },
      { kind: 'conv2d', filters: 1, kernelSize: 1, padding: [[1]] },
      { kind: 'batchNorm', momentum: 'much' },
      { kind: 'sequential' },
      { kind: 'sequential', layers: 3 },
      { kind: 'sequential', layers: [null] },
      { kind: 'sequential', layers: [] },
      { kind: 'residual', layers: [] },
      { kind: 'graph', layers: [] },
      { kind: 'graph', layers: [], nodes: [null], inputs: 0, outputs: 0 },
      { kind: 'graph', layers: [], nodes: [{ kind: 'add', inputs: [0] }], inputs: 0, outputs: 0 },
      {
        kind: 'graph',
        layers: [],
        nodes: [
          { kind: 'input', shape: [1] },
          { kind: 'call', layer: 0, inputs: [0] },
        ],
        inputs: 0,
        outputs: 1,
      },
      { kind: 'graph', layers: [], nodes: [{ kind: 'input', shape: [1] }], inputs: 'length', outputs: 0 },
      { kind: 'graph', layers: [], nodes: [{ kind: 'input', shape: [1] }], inputs: [0] },
      { kind: 'sequential', layers: [{ kind: 'flatten' }], oops: 1 },
      { kind: 'residual', layers: [{ kind: 'flatten' }], oops: 1 },
      { kind: 'residual', layers: [{ kind: 'flatten' }, { kind: 'flatten' }] },
    ]
    for (const config of bad)
      expect(() => layerFromConfig(config as LayerConfig), JSON.stringify(config)).toThrow(
        /\[(INVALID_ARGUMENT|UNKNOWN_OPTION|NOT_SUPPORTED)\]$/,
      )
  })

  test('of a graph: each node is of a known kind, and has what that kind has alone', () => {
    const build = (node: object, more: object = {}): unknown =>
      layerFromConfig({
        kind: 'graph',
        layers: [{ kind: 'dense', units: 2 }],
        nodes: [{ kind: 'input', shape: [2] }, node],
        inputs: 0,
        outputs: 1,
        ...more,
      } as LayerConfig)
    for (const kind of ['add', 'multiply', 'concat']) build({ kind, inputs: [0, 0] })
    build({ kind: 'call', layer: 0, inputs: [0] })
    for (const kind of ['evil', 'toString', 'Add', 'dense', '', undefined, 5, ['add']]) {
      expect(() => build({ kind, inputs: [0, 0] })).toThrow(
        /node has the unknown kind .*; known: add, call, concat, input, multiply.*INVALID_ARGUMENT/,
      )
    }
    for (const kind of ['add', 'multiply', 'concat', 'call', 'input']) {
      const node = kind === 'input' ? { shape: [2] } : kind === 'call' ? { layer: 0, inputs: [0] } : { inputs: [0, 0] }
      expect(() => build({ kind, ...node, axes: -1 })).toThrow(/UNKNOWN_OPTION/)
    }
    expect(() => build({ kind: 'call', layer: 0, inputs: [0, 0] })).toThrow(/inputs of a call must be one, got 2/)
    expect(() => build({ kind: 'add', inputs: [0, 0] }, { output: 1 })).toThrow(/UNKNOWN_OPTION/)
  })

  test('of a graph of many nodes and layers: none is looked for in a list', () => {
    const count = 4000
    const each = Array.from({ length: count }, (_, i) => i)
    const config = {
      kind: 'graph',
      layers: each.map(() => ({ kind: 'flatten' })),
      nodes: [
        { kind: 'input', shape: [2] },
        ...each.map((i) => ({ kind: 'call', layer: i, inputs: [0] })),
        { kind: 'add', inputs: each.map((i) => i + 1) },
      ],
      inputs: 0,
      outputs: count + 1,
    }
    const find = vi.spyOn(Array.prototype, 'indexOf')
    try {
      expect(layerFromConfig(config).config).toEqual(config)
      expect(find.mock.contexts.filter((list) => (list as unknown[]).length >= count)).toEqual([])
    } finally {
      find.mockRestore()
    }
  })
})
