import {
  add,
  grad,
  key,
  mapTree,
  matmul,
  NeuriteError,
  setDefaultBackend,
  sum,
  tensor,
  trace,
  type Tensor,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import {
  addNodes,
  batchNorm,
  call,
  concatNodes,
  dense,
  dropout,
  flatten,
  graph,
  graphFromConfig,
  input,
  layer,
  multiplyNodes,
  residual,
  sequential,
  type DenseParams,
  type GraphNode,
  type Layer,
  type Nothing,
} from '../src/index.js'
import { normal } from '../src/initializers/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

describe('4.2.2 sequential', () => {
  test('is the composition of its layers', async () => {
    const model = sequential([dense(2, { activation: 'relu' }), dense(1)])
    const params = [
      {
        weight: tensor([
          [1, -1],
          [0, 2],
        ]),
        bias: tensor([0.5, 0]),
      },
      { weight: tensor([[2], [3]]), bias: tensor([-1]) },
    ] as const
    // relu([1 + 0.5, -1 + 4]) = [1.5, 3]; 2 * 1.5 + 3 * 3 - 1 = 11. relu([-2 + 0.5, 2]) = [0, 2]; 5.
    expect(
      await model
        .apply(
          params,
          tensor([
            [1, 2],
            [-2, 0],
          ]),
        )
        .toArray(),
    ).toEqual([[11], [5]])
  })

  test('params and state are typed tuples', () => {
    const model = sequential([dense(2), dropout(0.1), batchNorm()])
    const { params, state } = model.init({ inputShape: [3] })
    expectTypeOf(params[0]).toEqualTypeOf<DenseParams>()
    expectTypeOf(params[1]).toEqualTypeOf<Nothing>()
    expectTypeOf(params[2].scale).toEqualTypeOf<Tensor>()
    expectTypeOf(state[2].mean).toEqualTypeOf<Tensor>()
    expectTypeOf<Layer>(model)
    expect(params[1]).toEqual({})
    expect(params).toHaveLength(3)
  })

  test('a list of layers made at run time will do as well', () => {
    const widths = [4, 3, 2]
    const model = sequential([flatten(), ...widths.map((width) => dense(width))])
    expect(model.outputShape([2, 2])).toEqual([2])
    expect(model.inputShapes([2, 2])).toEqual([[2, 2], [4], [4], [3]])
  })

  test('a layer’s first values depend on its place, not on the sizes of the others', async () => {
    const third = async (first: number) =>
      sequential([dense(first), dense(5), dense(2)])
        .init({ inputShape: [3], seed: 4 })
        .params[2].weight.toArray()
    expect(await third(7)).toEqual(await third(50))
    const { params } = sequential([dense(3), dense(3)]).init({ inputShape: [3] })
    expect(await params[0].weight.toArray()).not.toEqual(await params[1].weight.toArray())
  })

  test('the tensors of one layer are drawn apart', async () => {
    const { weight, bias } = dense(3, { weightInitializer: normal(), biasInitializer: normal() }).init({
      inputShape: [1],
    }).params
    expect(Array.from(await weight.data())).not.toEqual(Array.from(await bias!.data()))
  })

  test('seed 0 is a seed, and the default', async () => {
    const model = sequential([dense(2)])
    const weight = async (options: object) => model.init({ inputShape: [2], ...options }).params[0].weight.toArray()
    expect(await weight({})).toEqual(await weight({ seed: 0 }))
    expect(await weight({ seed: 1 })).not.toEqual(await weight({ seed: 0 }))
    expect(await weight({ seed: -1 })).not.toEqual(await weight({ seed: 1 }))
    expect(() => model.init({ inputShape: [2], seed: 0.5 })).toThrow(/seed must be a whole number.*INVALID_ARGUMENT/)
  })

  test('errors name the layer by its path, at init and at apply', () => {
    const model = sequential([
      dense(4),
      sequential([dropout(0), dense(3), layer({ name: 'odd', apply: (_p, x) => matmul(x, tensor([[1, 2]])) })]),
    ])
    expect(() => sequential([flatten(), residual(dense(3))]).init({ inputShape: [2] })).toThrow(
      /^sequential\[1\]: residual: x \+ dense\(x\) needs one shape, but dense makes \[3\] of \[2\]/,
    )
    const { params } = model.init({ inputShape: [2] })
    expect(() => model.apply(params, tensor([[1, 2, 3]]))).toThrow(
      'sequential[0]: dense: expected inputs of shape [batch, 2], got [batch, 3].',
    )
    // An operation of a layer of one's own fails: the layer is named all the same.
    expect(() => model.apply(params, tensor([[1, 2]]))).toThrow(/^sequential\[1\]: sequential\[2\]: odd: matmul: /)
    const broken = [params[0], [{}, {}, {}]] as never
    expect(() => model.apply(broken, tensor([[1, 2]]))).toThrow(
      /^sequential\[1\]: sequential\[1\]: dense: for inputs of shape \[batch, 4\] params must be \{ weight \[4, 3\], bias \[3\] \}, got \{ {2}\}/,
    )
    try {
      model.apply(params, tensor([[1, 2, 3]]))
      expect.unreachable()
    } catch (error) {
      if (!NeuriteError.isInstance(error)) throw error
      expect(error.code).toBe('SHAPE_MISMATCH')
      expect(error.details).toEqual({ inputShape: [3] })
      expect(NeuriteError.isInstance(error.cause)).toBe(true)
    }
  })

  test('params of another model are refused', () => {
    const model = sequential([dense(2), dense(1)])
    const x = tensor([[1, 2]])
    for (const wrong of [undefined, {}, [], [{}], [{}, {}, {}]]) {
      expect(() => model.apply(wrong as never, x)).toThrow(/NOT_INITIALIZED/)
    }
    expect(() => model.forward(model.init({ inputShape: [2] }).params, [] as never, x)).toThrow(
      /sequential: state must be an array with an entry for each of its 2 layers, got an array of 0.*NOT_INITIALIZED/,
    )
    const narrower = sequential([dense(2), dense(1)]).init({ inputShape: [3] }).params
    expect(() => model.apply(narrower, x)).toThrow(
      /^sequential\[0\]: dense: expected inputs of shape \[batch, 3\], got \[batch, 2\].*SHAPE_MISMATCH/,
    )
    const wider = sequential([dense(5), dense(1)]).init({ inputShape: [2] }).params
    expect(() => model.apply(wider, x)).toThrow(
      /^sequential\[0\]: dense: .*weight \[2, 2\].*got \{ weight \[2, 5\].*NOT_INITIALIZED/,
    )
  })

  test('what is no layer is refused', () => {
    expect(() => sequential([dense(1), dense as never])).toThrow(
      /sequential: layers\[1\] must be a layer, as dense\(8\) makes, got the function dense.*INVALID_ARGUMENT/,
    )
    expect(() => residual(undefined as never)).toThrow(/residual: the layer must be a layer.*INVALID_ARGUMENT/)
    expect(() => sequential([])).toThrow(/sequential: layers must be one or more.*INVALID_ARGUMENT/)
  })
})

describe('residual', () => {
  test('adds the input', async () => {
    const block = residual(dense(2, { useBias: false }))
    expect(
      await block
        .apply(
          [
            {
              weight: tensor([
                [1, 0],
                [0, 2],
              ]),
            },
          ],
          tensor([[3, 4]]),
        )
        .toArray(),
    ).toEqual([[6, 12]])
  })
  test('threads the state of what is inside', async () => {
    const block = residual(batchNorm({ momentum: 0 }))
    const { params, state } = block.init({ inputShape: [1] })
    const [, next] = block.forward(params, state, tensor([[1], [3]]), { training: true })
    expect(await next[0].mean.toArray()).toEqual([2])
  })
})

describe('graph', () => {
  const doubling = (): Layer => layer({ name: 'double', apply: (_p, x) => add(x, x) })

  test('joins values', async () => {
    const x = input([2])
    const y = call(doubling(), x)
    const joined = graph({ inputs: x, outputs: concatNodes([addNodes([x, y]), multiplyNodes([x, y, y])]) })
    // x + 2x, then x * 2x * 2x.
    expect(() => joined.apply([], tensor([[1, 2]]))).toThrow(
      /^graph: params must be an array with an entry for each of its 1 layers.*NOT_INITIALIZED/,
    )
    const { params, state } = joined.init({ inputShape: [2] })
    expect(await joined.apply(params, tensor([[1, 2]])).toArray()).toEqual([[3, 6, 4, 32]])
    expect(await joined.forward(params, state, tensor([[1, 2]]))[0].toArray()).toEqual([[3, 6, 4, 32]])
  })

  test('a layer that is called twice has one set of params, and its gradient is the sum', async () => {
    const shared = dense(1, { useBias: false })
    const x = input([1])
    const model = graph({ inputs: x, outputs: call(shared, call(shared, x)) })
    expect(model.layers).toEqual([shared])
    const params = [{ weight: tensor([[3]]) }]
    expect(await model.apply(params, tensor([[5]])).toArray()).toEqual([[45]])
    // d(w^2 x)/dw = 2 w x
    const [gradient] = grad((p: typeof params) => sum(model.apply(p, tensor([[5]]))))(params)
    expect(await gradient!.weight.toArray()).toEqual([[30]])
  })

  test('shared state is threaded from call to call, shared dropout drops anew', async () => {
    const norm = batchNorm({ momentum: 0.5 })
    const x = input([1])
    const model = graph({ inputs: x, outputs: addNodes([call(norm, x), call(norm, call(doubling(), x))]) })
    const { params, state } = model.init({ inputShape: [1] })
    const [, next] = model.forward(params, state, tensor([[1], [3]]), { training: true })
    // First mean 2: 0.5 * 0 + 0.5 * 2 = 1; then 4: 0.5 * 1 + 0.5 * 4.
    const states = next as [{ mean: Tensor }]
    expect(await states[0].mean.toArray()).toEqual([2.5])

    const drop = dropout(0.5)
    const z = input([256])
    const dropping = graph({ inputs: z, outputs: addNodes([call(drop, z), call(drop, z)]) })
    const ones = mapTree((t) => add(t, 1), tensor([new Array<number>(256).fill(0)]))
    const values = new Set(await dropping.apply([{}], ones, { training: true, random: key(0) }).data())
    expect(values).toEqual(new Set([0, 2, 4]))
  })

  test('several inputs and outputs', async () => {
    const [a, b] = [input([1]), input([2])]
    const joined = concatNodes([a, b])
    const model = graph({ inputs: [a, b], outputs: [joined, call(dense(4), joined)] })
    expect(model.outputShapes()).toEqual([[3], [4]])
    const { params, state } = model.init({ seed: 1 })
    const xs = [tensor([[1]]), tensor([[2, 3]])]
    const [first, second] = model.apply(params, xs)
    expect(await first!.toArray()).toEqual([[1, 2, 3]])
    expect(second!.shape).toEqual([1, 4])
    expect(await model.forward(params, state, xs)[0][1]!.toArray()).toEqual(await second!.toArray())
    expect(() => model.apply(params, [xs[1]!, xs[0]!])).toThrow(
      /^graph: input 0: expected inputs of shape \[batch, 1\], got \[batch, 2\].*SHAPE_MISMATCH/,
    )
    expect(() => model.apply(params, [xs[0]!])).toThrow(/takes 2 tensors.*INVALID_ARGUMENT/)
  })

  test('several inputs and one bare output', async () => {
    const [a, b] = [input([1]), input([2])]
    const model = graph({ inputs: [a, b], outputs: concatNodes([a, b]) })
    const xs = [tensor([[1]]), tensor([[2, 3]])]
    expectTypeOf(model.apply([], xs)).toEqualTypeOf<Tensor>()
    expect(await model.apply([], xs).toArray()).toEqual([[1, 2, 3]])
    expect(await model.forward([], [], xs)[0].toArray()).toEqual([[1, 2, 3]])
    expect(model.outputShapes()).toEqual([[3]])
    const again = graphFromConfig(model.config) as typeof model
    expect(await again.apply([], xs).toArray()).toEqual([[1, 2, 3]])
    expect(() => graph({ inputs: a, outputs: [call(dense(1), a)] } as never)).toThrow(/inputs must be an array, too/)
    expect(() => addNodes([])).toThrow(/addNodes: nodes must be one or more/)
    expect(() => addNodes(a as never)).toThrow(/addNodes: nodes must be an array/)
  })

  test('nodes are data in order of evaluation', () => {
    const x = input([4])
    const h = call(dense(4), x)
    const model = graph({ inputs: x, outputs: addNodes([x, h]) })
    expect(model.nodes.map(({ kind }) => kind)).toEqual(['input', 'call', 'add'])
    expect(model.config).toEqual({
      kind: 'graph',
      layers: [{ kind: 'dense', units: 4 }],
      nodes: [
        { kind: 'input', shape: [4] },
        { kind: 'call', layer: 0, inputs: [0] },
        { kind: 'add', inputs: [0, 1] },
      ],
      inputs: 0,
      outputs: 2,
    })
  })

  test('mistakes are found where they are made', () => {
    const [x, other] = [input([2]), input([3])]
    expect(() => addNodes([x, other])).toThrow(/addNodes: shapes \[2\] and \[3\].*SHAPE_MISMATCH/)
    expect(() => addNodes([x, input([1, 2])])).toThrow(/addNodes: values must have one rank.*SHAPE_MISMATCH/)
    expect(() => concatNodes([input([2, 3]), input([3, 3])])).toThrow(/concatNodes: .*SHAPE_MISMATCH/)
    expect(concatNodes([input([2, 3]), input([3, 3])], { axis: 1 }).shape).toEqual([5, 3])
    expect(concatNodes([input([2, 3]), input([3, 3])], { axis: -2 }).shape).toEqual([5, 3])
    expect(() => concatNodes([x], { axis: 0 })).toThrow(/axis 0 is the batch.*AXIS_OUT_OF_RANGE/)
    expect(() => concatNodes([x], { axis: 2 })).toThrow(/AXIS_OUT_OF_RANGE/)
    expect(() => call(residual(dense(3)), x)).toThrow(/^call: residual: .*SHAPE_MISMATCH/)
    expect(() => input([2.5])).toThrow(/INVALID_ARGUMENT/)
    expect(() => graph({ inputs: other, outputs: call(dense(1), x) })).toThrow(
      /needs an input of shape \[2\] that inputs does not list.*INVALID_ARGUMENT/,
    )
    expect(() => graph({ inputs: [x, other], outputs: [call(dense(1), x)] })).toThrow(
      /no output needs inputs\[1\].*INVALID_ARGUMENT/,
    )
    const model = graph({ inputs: x, outputs: call(dense(1), x) })
    expect(() => model.init({ inputShape: [3] })).toThrow(
      /^graph: expected inputs of shape \[batch, 2\], got \[batch, 3\].*SHAPE_MISMATCH/,
    )
  })
})

test('what a layer computes, and the way back, carries its place', () => {
  const x = input([3])
  const shared = dense(3, { activation: 'tanh' })
  const model = sequential([
    dense(3),
    residual(sequential([dropout(0.5), shared])),
    graph({ inputs: x, outputs: addNodes([call(shared, x), x]) }),
  ])
  const { params, state } = model.init({ inputShape: [3] })
  const forward = (p: typeof params, x: Tensor): Tensor =>
    sum(model.forward(p, state, x, { training: true, random: key(0) })[0])
  const scopes = (f: (p: typeof params, x: Tensor) => unknown) =>
    new Set(trace(f)(params, tensor([[1, 2, 3]])).instructions.flatMap(({ scope = '' }) => [scope]))
  const places = [
    'sequential[0] dense',
    'sequential[1] residual[0] sequential[0] dropout',
    'sequential[1] residual[0] sequential[1] dense',
    'sequential[1]',
    'sequential[2] graph[0] dense',
    'sequential[2]',
  ]
  expect([...scopes(forward)].sort()).toEqual(['', ...places].sort())
  const back = scopes((p, x) => grad((q: typeof params) => forward(q, x))(p))
  for (const place of places.slice(0, 3)) expect(back).toContain(`gradient of ${place}`)
  // A bare layer has its name.
  const single = dense(1)
  const own = single.init({ inputShape: [3] }).params
  expect(trace((x: Tensor) => single.apply(own, x))(tensor([[1, 2, 3]])).instructions[0]?.scope).toBe('dense')
})

test('an init that fails leaves nothing behind', () => {
  const x = input([3])
  const failing = layer({
    name: 'failing',
    parameters: () => ({
      first: { shape: [2], initializer: normal() },
      second: {
        shape: [2],
        initializer: () => {
          throw new Error('no memory')
        },
      },
    }),
    apply: (_params, x) => x,
  })
  const parts = [dense(3), batchNorm(), failing]
  const models = [
    failing,
    sequential(parts),
    residual(sequential(parts)),
    sequential([dense(3), residual(failing)]),
    graph({ inputs: x, outputs: parts.reduce<GraphNode>((node, part) => call(part, node), x) }),
  ]
  const backend = cpu()
  for (const model of models) {
    expect(() => model.init({ inputShape: [3], backend })).toThrow(/no memory/)
    expect(backend.memory().buffers, model.name).toBe(0)
  }
})
