import { cpu } from '@neurite/backend-cpu'
import {
  abs,
  add,
  cos,
  div,
  exp,
  log,
  matmul,
  maximum,
  minimum,
  mul,
  pow,
  relu,
  setDefaultBackend,
  sigmoid,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  zeros,
  type Tensor,
  mapTree,
} from '@neurite/core'
import { crossEntropy, mse } from '@neurite/losses'
import { constant as constantInitializer, zeros as zeroInitializer } from '@neurite/nn/initializers'
import {
  activation,
  addNodes,
  call,
  conv2d,
  dense,
  dropout,
  flatten,
  graph,
  input,
  sequential,
  type Layer,
} from '@neurite/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { chapterTrace } from '../examples/chapter-network.js'
import { labelPlaces } from '../src/network/label-places.js'
import { textWidth } from '../src/drawing/text.js'
import {
  approximate,
  approximationSvg,
  gradientFlow,
  gradientFlowSvg,
  latexSteps,
  networkGraph,
  toDot,
  toSvg,
  traceBackprop,
  traceGraph,
  traceSvg,
  type BackpropTrace,
  type GradientFlow,
  type LayerFlow,
} from '../src/index.js'

// Small pictures and formulas, looked at once and kept in test/golden as they are: whatever moves in one of them is seen in the
// change that moves it. `vitest -u` writes them anew.
beforeAll(() => setDefaultBackend(cpu()))

const number = (value: number) => tensor(value, { dtype: 'float64' })
const golden = (name: string, text: string): Promise<void> => expect(text).toMatchFileSnapshot(`./golden/${name}`)

/** To six digits: the last bits of functions are an engine's own. */
const written = (data: object): string =>
  JSON.stringify(data, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value))

/** The chapter's first example: (sigma(w_2 sigma(w_1 x)) - 1)^2. */
const chain = (): Promise<BackpropTrace> =>
  traceBackprop(
    ({ x, w1, w2 }, name) => {
      const h = name('\\varphi(y)', sigmoid(name('y', mul(w1, x))))
      return square(sub(name('\\varphi(z)', sigmoid(name('z', mul(w2, h)))), 1))
    },
    { x: number(0.5), w1: number(0.8), w2: number(-0.4) },
    { names: { x: 'x', w1: 'w_{1}', w2: 'w_{2}' } },
  )

/** A value used twice, a constant that carries, arrays, and a name that is long. */
const arrays = (): Promise<BackpropTrace> =>
  traceBackprop(
    ({ X, W, b }, name) => {
      const Z = name('Z', add(matmul(X, W), b))
      return name('\\mathrm{total}_{long}', sum(square(mul(tanh(Z), Z))))
    },
    {
      X: tensor([[1, -2]], { dtype: 'float64' }),
      W: tensor(
        [
          [0.5, 0.25, 1],
          [-1, 2, 0.125],
        ],
        { dtype: 'float64' },
      ),
      b: tensor([0.1, 0.2, 0.3], { dtype: 'float64' }),
    },
  )

describe('traces', () => {
  test.each([
    ['trace-columns', { width: 1280 }],
    ['trace-rows', { width: 320 }],
    ['trace-path', { path: 'w_{1}', theme: 'dark' }],
    ['trace-all', { detail: 'all', width: 2000, theme: 'inherit', title: 'All of it' }],
  ] as const)('%s', async (name, options) => golden(`${name}.svg`, traceSvg(await chain(), options)))

  test('trace-arrays', async () => {
    await golden('trace-arrays.svg', traceSvg(await arrays(), { width: 1280 }))
    await golden('trace-arrays-rows.svg', traceSvg(await arrays(), { width: 390, path: 'W' }))
  })

  test("the chapter's network, where weights stand in their neurons", async () => {
    await golden('trace-chapter-rows.svg', traceSvg(await chapterTrace(), { width: 390, path: 'w_{z1_2}' }))
  })

  test('weights of many digits in their neuron', async () => {
    const values = [0.1234, -0.2345, 1.2e-7, 98765.4, 0.5]
    const w = values.map((value) => number(value))
    const trace = await traceBackprop(
      (p: { w: Tensor[]; x: Tensor }, name) =>
        name('y', p.w.map((each) => mul(each, p.x)).reduce((a, b) => add(a, b))), // prettier-ignore
      { w, x: number(2) },
    )
    await golden('trace-digits.svg', traceSvg(trace, { width: 1280 }))
    await golden('trace-digits-rows.svg', traceSvg(trace, { width: 320 }))
  })

  test('as nodes and edges', async () => {
    const product = await traceBackprop(({ a, b }) => mul(a, b), { a: number(2), b: number(3) })
    const targets = await traceBackprop(
      ({ x, u, v }, name) => {
        const z = name('z', mul(x, u))
        return add(square(sub(z, name('t', number(2)))), mul(v, square(x)))
      },
      { x: number(3), u: number(0.5), v: number(1) },
    )
    // A constant with a name, used twice: it has no gradient, and stands as a node.
    const constants = await traceBackprop(
      ({ x }, name) => {
        const c = name('c', number(2))
        return mul(name('z', mul(x, c)), c)
      },
      { x: number(3) },
    )
    const all = { chain: await chain(), arrays: await arrays(), product, targets, constants }
    const lines = Object.entries(all).flatMap(([name, trace]) =>
      (['named', 'all'] as const).map((detail) => {
        const { nodes, edges, ...size } = traceGraph(trace, {
          detail,
          path: trace.nodes.slice(1).find(({ gradient }) => gradient !== null)!.name,
        })
        const rows = [...nodes, ...edges].map((each) => `  ${written(each)}`)
        return [`${name}, ${detail}: ${JSON.stringify(size)}`, ...rows].join('\n')
      }),
    )
    await golden('trace-graphs.txt', `${lines.join('\n')}\n`)
  })
})

describe('formulas', () => {
  /** f(a, b) of many kinds, each with its value, its local gradients and the steps. */
  const FUNCTIONS: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
    sums: (a, b) => add(add(a, a), sub(b, 3)),
    'nested brackets': (a, b) => mul(sub(a, b), sub(1, add(a, b))),
    negatives: (a, b) => sub(mul(-2, a), mul(b, -0.5)),
    quotients: (a, b) => div(add(a, 1), mul(b, b)),
    'a quotient of a number': (a, b) => add(div(2, a), div(b, 3)),
    thirds: (a, b) => add(mul(a, 1 / 3), mul(b, 1e-9)),
    powers: (a, b) => mul(pow(a, 3), pow(b, -2)),
    'a power of a power': (a, b) => add(square(square(a)), pow(b, 1)),
    'an exponent': (a, b) => pow(a, b),
    'powers of functions': (a, b) => add(square(exp(a)), square(div(a, b))),
    roots: (a, b) => mul(sqrt(a), log(b)),
    waves: (a, b) => add(sin(mul(a, b)), cos(a)),
    bends: (a, b) => add(relu(sub(a, b)), abs(b)),
    'larger and smaller': (a, b) => add(maximum(a, b), minimum(a, mul(2, b))),
    'a power of names, squared': (a, b) => square(pow(a, b)),
    'a square as an exponent': (a, b) => pow(a, square(b)),
    'a quotient of quotients': (a, b) => div(div(a, b), div(b, a)),
    'a number to a power': (a, b) => pow(mul(2, a), mul(-1, b)),
    'a root of a square': (a, b) => sqrt(add(square(a), square(b))),
    squashed: (a, b) => mul(tanh(a), sigmoid(b)),
  }

  test('of numbers', async () => {
    const blocks: string[] = []
    for (const [name, f] of Object.entries(FUNCTIONS)) {
      const trace = await traceBackprop(({ a, b }) => f(a, b), { a: number(2), b: number(1.5) })
      const lines = (['named', 'all'] as const).flatMap((detail) =>
        latexSteps(trace, { detail, withNumbers: true, digits: 4 }).map(({ pass, latex }) => `  ${pass}: ${latex}`),
      )
      const edges = trace.nodes.flatMap((node) =>
        node.inputs.map(
          ({ from, localFormula, downstreamFormula }) =>
            `  ${node.name} by ${trace.nodes[from]!.name}: ${localFormula} | ${downstreamFormula}`,
        ),
      )
      blocks.push([name, ...lines, ...edges].join('\n'))
    }
    await golden('formulas-of-numbers.txt', `${blocks.join('\n\n')}\n`)
  })

  test('of arrays and models', async () => {
    const float64 = (rows: number[][]) => tensor(rows, { dtype: 'float64' })
    const model = sequential([dense(2, { activation: 'tanh' }), dense(2, { activation: 'softmax' })])
    const params = model.init({ inputShape: [2], seed: 3, dtype: 'float64' }).params
    const x = float64([[1, -1]])
    const y = float64([[0, 1]])
    const traces: Readonly<Record<string, BackpropTrace>> = {
      arrays: await arrays(),
      'mean squares': await traceBackprop({ model: dense(2), loss: mse }, { params: { ...params[0] }, x, y }),
      'cross-entropy': await traceBackprop({ model, loss: crossEntropy }, { params, x, y }),
      // What has one element is written as a number is.
      'one neuron': await traceBackprop(
        { model: dense(1, { activation: 'tanh' }), loss: mse },
        {
          params: { weight: float64([[0.5]]), bias: tensor([0.25], { dtype: 'float64' }) },
          x: float64([[2]]),
          y: float64([[1]]),
        },
      ),
      'powers turned': await traceBackprop(
        ({ A, B }) => sum(matmul(transpose(square(A)), square(transpose(div(A, B))))),
        {
          A: float64([
            [1, 2],
            [3, 4],
          ]),
          B: float64([
            [1, 2],
            [4, 5],
          ]),
        },
      ),
      'turned and cut': await traceBackprop(
        ({ A, B }) => sum(mul(transpose(A), slice(B, { begin: [1, 0], size: [2, 2] }))),
        {
          A: float64([
            [1, 2],
            [3, 4],
          ]),
          B: float64([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        },
      ),
    }
    const blocks = Object.entries(traces).map(([name, trace]) =>
      [
        name,
        ...(['named', 'all'] as const).flatMap((detail) =>
          latexSteps(trace, { detail, digits: 3 }).map(({ pass, latex }) => `  ${pass}: ${latex}`),
        ),
      ].join('\n'),
    )
    await golden('formulas-of-arrays.txt', `${blocks.join('\n\n')}\n`)
  })
})

describe('networks', () => {
  const perceptron = (options = {}) => {
    const model = sequential([dense(3, { activation: 'sigmoid' }), dense(2)])
    const params = [
      {
        weight: tensor([
          [0.5, -1, 0],
          [0.25, 2, -0.125],
        ]),
        bias: tensor([0.1, 0, -3]),
      },
      {
        weight: tensor([
          [1.5, -3],
          [-0.75, 1.5],
          [0.001, -0.002],
        ]),
        bias: tensor([1e6, 0.5]),
      },
    ]
    return networkGraph(model, params, options)
  }
  const convolution = () => {
    const model = sequential([
      conv2d(2, { kernelSize: 3 }),
      activation('relu'),
      flatten(),
      dropout(0.5),
      dense(3, { activation: 'softmax' }),
    ])
    return networkGraph(model, model.init({ inputShape: [4, 4, 1], seed: 0 }).params, { inputShape: [4, 4, 1] })
  }
  const wide = () => {
    const model = sequential([dense(18, { activation: 'tanh' }), dense(1)])
    return networkGraph(model, model.init({ inputShape: [14], seed: 2 }).params)
  }

  test.each([
    ['network', {}],
    ['network-narrow', { width: 320, theme: 'dark', weights: false }],
    ['network-wide', { width: 1280, theme: 'inherit', weights: true, title: 'Two layers' }],
  ] as const)('%s', async (name, options) => golden(`${name}.svg`, toSvg(await perceptron(), options)))

  test('of other kinds', async () => {
    const x = input([2])
    const shortcut = graph({ inputs: x, outputs: addNodes([call(dense(2), x), x]) })
    const joined = await networkGraph(shortcut, shortcut.init({ inputShape: [2], seed: 1 }).params)
    const ones = await perceptron({ biasAsInput: true })
    const images = await convolution()
    await golden('network-one.svg', toSvg(ones, { width: 390 }))
    await golden('network-images.svg', toSvg(images, { width: 720 }))
    await golden('network-joined.svg', toSvg(joined))
    await golden('network-collapsed.svg', toSvg(await wide(), { maxNodes: 15, width: 390 }))
    const odd = await networkGraph(dense(2), {
      weight: tensor([
        [NaN, -Infinity],
        [1, 0],
      ]),
      bias: tensor([Infinity, 0]),
    })
    await golden('network-not-finite.svg', toSvg(odd, { width: 390 }))
    await golden('network-zeros.svg', toSvg(await networkGraph(dense(1), { weight: zeros([1, 1]), bias: zeros([1]) }), { width: 390 })) // prettier-ignore
    const alone = await networkGraph(dropout(0.5), {}, { inputShape: [3] })
    await golden('network-alone.svg', toSvg(alone, { width: 390 }))
    await golden('network-alone-box.svg', toSvg(await networkGraph(dropout(0.5), {}, { inputShape: [3, 2] })))
    // The hundred thousandth neuron is a circle, too, however long its name is.
    const far = {
      layers: [{ kind: 'input', path: '', nodes: 1 }, { kind: 'dense', path: '', nodes: 1 }], // prettier-ignore
      nodes: [
        { id: 'a', layer: 0, kind: 'input', index: 0, label: 'x' } as const,
        { id: 'b', layer: 1, kind: 'neuron', index: 99_999, label: '100000', activation: 'tanh' } as const,
      ],
      edges: [{ from: 'a', to: 'b', weight: 1 }],
    }
    expect(toSvg(far).match(/<circle/g)).toHaveLength(2)
    const dots = [await perceptron(), ones, images, joined].map((each) => toDot(each))
    await golden('networks.dot', [...dots, toDot(await wide(), { maxNodes: 15, weights: true })].join('\n'))
    await golden(
      'networks.txt',
      [await perceptron(), ones, images, joined]
        .flatMap(({ layers, nodes, edges }) => [...layers, ...nodes, ...edges, {}].map(written))
        .join('\n'),
    )
  })
})

describe('the flow of gradients', () => {
  const layer = (path: string, gradientNorm: number | undefined, more: Partial<LayerFlow> = {}): LayerFlow => ({
    path,
    layer: 'dense',
    activation: 'relu',
    gradientNorm,
    meanSlope: 0.5,
    deadShare: 0,
    saturatedShare: 0,
    verdict: 'healthy',
    ...more,
  })
  const flow: GradientFlow = {
    layers: [
      layer('[0]', 1.5e-7, { verdict: 'vanishing', activation: 'sigmoid', saturatedShare: 0.625 }),
      layer('[1]', 0.0125, { verdict: 'dying', deadShare: 0.75 }),
      layer('[2]', 1234, { activation: 'identity' }),
      layer('[3]', undefined, { layer: 'activation', activation: 'tanh', saturatedShare: 0.1 }),
      layer('[4]', 0, { deadShare: 0.25, saturatedShare: 0.5 }),
      layer('[5]', undefined, { layer: 'flatten', activation: undefined, meanSlope: undefined }),
      layer('[6]', Infinity, { verdict: 'exploding', activation: undefined }),
      layer('[7][0]', 0.9, { layer: 'lstm' }),
    ],
    verdict: 'exploding',
    message: 'Gradients explode.',
  }

  test('as a picture', async () => {
    await golden('flow.svg', gradientFlowSvg(flow))
    await golden('flow-narrow.svg', gradientFlowSvg(flow, { width: 320, theme: 'dark' }))
    const healthy: GradientFlow = { layers: [layer('', 0.5)], verdict: 'healthy', message: 'All is well.' }
    await golden('flow-healthy.svg', gradientFlowSvg(healthy, { width: 390, theme: 'inherit', title: 'One layer' }))
  })

  test('in words, of one layer and of several', async () => {
    const x = [[1, 2], [3, 4]] // prettier-ignore
    const flowOf = async (model: Layer, factor: number): Promise<string> => {
      const { params } = model.init({ inputShape: [2], seed: 1, dtype: 'float64' })
      const large = mapTree((w) => mul(w, factor), params)
      const { verdict, message, layers } = await gradientFlow(model, large, { x, y: [[0], [1]] }, mse)
      return `${verdict}: ${message} (${layers.map((each) => each.verdict).join(', ')})`
    }
    const off = () =>
      dense(1, { activation: 'relu', weightInitializer: zeroInitializer, biasInitializer: constantInitializer(-1) })
    const squashed = Array.from({ length: 12 }, () => dense(2, { activation: 'sigmoid' }))
    await golden(
      'flow-words.txt',
      [
        await flowOf(dense(1), 1),
        await flowOf(off(), 1),
        await flowOf(sequential([off()]), 1),
        await flowOf(dense(1), 1e9),
        await flowOf(sequential([dense(2), dense(1)]), 1e4),
        await flowOf(sequential([...squashed, dense(1)]), 1),
        await flowOf(sequential([sequential([...squashed, dense(1)])]), 1),
      ].join('\n'),
    )
  })

  test('as it is measured', async () => {
    const model = sequential([dense(3, { activation: 'sigmoid' }), dense(2, { activation: 'relu' }), dense(1)])
    const { params } = model.init({ inputShape: [2], seed: 5, dtype: 'float64' })
    const batch = {
      x: [
        [1, 2],
        [-1, 30],
      ],
      y: [[1], [0]],
    }
    const { layers, ...rest } = await gradientFlow(model, params, batch, mse)
    await golden('flow.txt', `${[...layers, rest].map(written).join('\n')}\n`)
  })
})

describe('approximations', () => {
  test('of one number', async () => {
    const f = (x: number): number => 0.5 - x
    const F = await approximate(f, { domain: [-1, 2], neurons: 2, steps: 0, activation: 'relu' })
    // Every tenth point of a curve says where it is.
    const thinned = (svg: string): string =>
      svg.replace(/L[^"LM]*/g, (point, at: number, all: string) =>
        all.slice(all.lastIndexOf('M', at), at).split('L').length % 40 === 0 ? point : '',
      )
    await golden('approximation.svg', thinned(await approximationSvg(F, f, { width: 390 })))
    await golden('approximation-alone.svg', thinned(await approximationSvg(F, undefined, { theme: 'dark' })))
    await golden('approximation-wide.svg', thinned(await approximationSvg(F, f, { width: 1280, title: 'A line' })))
  })

  test.each([
    [320, [16, 16], [60, 60 + 288 + 64], 288],
    [390, [16, 16], [60, 60 + 324 + 64], 324],
    [560, [16, 16 + 252 + 24], [60, 60], 252],
    [1280, [16, 16 + 360 + 24], [60, 60], 360],
  ] as const)(
    'of two: each cell has the colour of F, and of F - f, at its middle; %i pixels',
    async (width, lefts, tops, side) => {
      const f = (x: number, y: number): number => x * y
      const domain = [
        [-1, 1],
        [0, 2],
      ] as const
      const F = await approximate(f, { domain, neurons: 3, steps: 1 })
      const svg = await approximationSvg(F, f, { width })
      const cells = [
        ...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)h([\d.]+)v\3h-\3z" fill="(#\w+)" opacity="([\d.]+)"\/>/g),
      ].map(([, x, y, size, fill, opacity]) => ({ x: +x!, y: +y!, size: +size!, fill, opacity: +opacity! }))
      expect(cells).toHaveLength(2 * 36 * 36)
      const points = cells.map(({ x, y, size }, s): [number, number] => {
        const k = s < 36 * 36 ? 0 : 1
        expect(size).toBe(side / 36)
        const [right, up] = [(x + size / 2 - lefts[k]) / side, 1 - (y + size / 2 - tops[k]) / side]
        return [-1 + 2 * right, 2 * up]
      })
      const values = (await F.evaluate(points)).map((value, s) => (s < 36 * 36 ? value : value - f(...points[s]!)))
      for (const part of [0, 1]) {
        const of = <T>(all: readonly T[]): T[] => all.slice(part * 36 * 36, (part + 1) * 36 * 36)
        const largest = Math.max(...of([...values]).map(Math.abs))
        of(cells).forEach(({ fill, opacity }, s) => {
          const value = of([...values])[s]!
          if (Math.abs(value) > 1e-9) expect(fill).toBe(value < 0 ? '#a85400' : '#1a6db3')
          expect(Math.abs(opacity - Math.abs(value) / largest)).toBeLessThan(0.006)
        })
      }
      // What stands around the cells.
      await golden(`surface-${width}.svg`, svg.replace(/<path d="M[^"]*h[^"]*v[^"]*z"[^>]*>/g, ''))
      if (width === 390) {
        const zero = await approximationSvg(await approximate(() => 0, { domain, neurons: 1, steps: 0 }), undefined, {
          width,
        })
        expect(zero).toMatch(/>F: 0</)
        expect(zero).not.toMatch(/NaN/)
      }
    },
  )
})

describe('labels of lines', () => {
  // 30 % of the way: x 30 and y 50, 26 wide and 15 high.
  const label = { segment: { x1: 0, y1: 50, x2: 100, y2: 50 }, text: '0.25', rank: 1 }
  const [width, height] = [textWidth('0.25', 11) + 6, 15]
  const at = (x: number, y: number, w = 5, h = 5) => ({ x, y, width: w, height: h })
  const first = (...obstacles: ReturnType<typeof at>[]): number | undefined => labelPlaces([label], obstacles)[0]?.x

  test('stand beside what they touch, and elsewhere where they would lie on it', () => {
    const [left, top, right, bottom] = [30 - width / 2, 50 - height / 2, 30 + width / 2, 50 + height / 2]
    expect(first()).toBe(30)
    for (const touching of [at(left - 5, 50), at(right, 50), at(30, top - 5), at(30, bottom)])
      expect(first(touching)).toBe(30)
    for (const on of [at(left - 4.9, 50), at(right - 0.1, 50), at(30, top - 4.9), at(30, bottom - 0.1)])
      expect(first(on)).not.toBe(30)
    expect(first(at(-100, 0, 300, 100))).toBeUndefined()
  })

  test('of higher rank choose first; none lies on another, or on another line', () => {
    const lower = { ...label, text: '0.5', rank: 0.5 }
    // On the same line, each would lie on the other's.
    expect(labelPlaces([lower, label], [])).toEqual([])
    const apart = { ...lower, segment: { x1: 0, y1: 80, x2: 100, y2: 80 } }
    expect(labelPlaces([apart, label], []).map(({ index, x, y }) => [index, x, y])).toEqual([
      [1, 30, 50],
      [0, 30, 80],
    ])
    // A line that goes up through where the label would stand first.
    const through = { segment: { x1: 25, y1: 0, x2: 40, y2: 100 }, text: '', rank: 0 }
    expect(labelPlaces([label, through], []).map(({ index, x }) => [index, x > 45])).toEqual([[0, true]])
    const beside = { segment: { x1: 0, y1: 50 + height, x2: 100, y2: 50 + height }, text: '', rank: 0 }
    expect(labelPlaces([label, beside], [])[0]?.x).toBe(30)
    const before = { segment: { x1: -50, y1: 50, x2: 30 - width / 2 - 1, y2: 50 }, text: '', rank: 0 }
    expect(labelPlaces([label, before], [])[0]?.x).toBe(30)
  })
})
