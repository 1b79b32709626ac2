import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor } from '@neurite/core'
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
import { networkGraph, toDot, toSvg, traceBackprop, traceSvg, type NetworkGraph } from '../src/index.js'
import { plainText } from '../src/drawing/formula.js'
import { escapeXml } from '../src/drawing/text.js'

beforeAll(() => setDefaultBackend(cpu()))

/** The chapter's F with N = 5: one hidden layer, v without a bias. */
const F = sequential([dense(5, { activation: 'sigmoid' }), dense(1, { useBias: false })])
const weights = (m: number) =>
  [
    {
      weight: tensor(Array.from({ length: m }, (_, k) => [1, 2, 3, 4, 5].map((i) => i + k / 10))),
      bias: tensor([0.1, 0.2, 0.3, 0.4, 0.5]),
    },
    { weight: tensor([[10], [20], [30], [40], [50]]) },
  ] as const
const of = (model: Layer, inputShape: readonly number[], options = {}): Promise<NetworkGraph> =>
  networkGraph(model, model.init({ inputShape, seed: 1 }).params, { inputShape, ...options })

/** Well-formed enough: every tag is closed in order. */
function checkXml(text: string): void {
  const open: string[] = []
  for (const [, close, name, self] of text.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name)
    else if (self !== '/') open.push(name!)
  }
  expect(open).toEqual([])
  expect(text.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#39);)/)
}

describe('4.2.0 networks as directed graphs', () => {
  test('4.2.0 one variable, N = 5: biases belong to the neurons', async () => {
    const { nodes, edges, layers } = await networkGraph(F, weights(1))
    expect(layers.map(({ kind, nodes }) => [kind, nodes])).toEqual([
      ['input', 1],
      ['dense', 5],
      ['dense', 1],
    ])
    expect(nodes.filter(({ kind }) => kind === 'input').map(({ label }) => label)).toEqual(['x'])
    const hidden = nodes.filter(({ layer }) => layer === 1)
    expect(hidden.map(({ index, activation }) => [index, activation])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, 'sigmoid']),
    )
    hidden.forEach(({ bias }, i) => expect(bias).toBeCloseTo((i + 1) / 10, 6))
    expect(edges).toHaveLength(10)
    // x -> unit i has w_i, unit i -> F has v_i.
    hidden.forEach(({ id }, i) => {
      expect(edges.find(({ to }) => to === id)!.weight).toBe(i + 1)
      expect(edges.find(({ from }) => from === id)!.weight).toBe(10 * (i + 1))
    })
    expect(nodes.at(-1)).not.toHaveProperty('bias')
  })

  test("4.2.0 biases as weights of an extra input '1'", async () => {
    const { nodes, edges } = await networkGraph(F, weights(1), { biasAsInput: true })
    const ones = nodes.filter(({ kind }) => kind === 'bias')
    expect(ones).toHaveLength(1)
    expect(ones[0]).toMatchObject({ layer: 0, label: '1' })
    expect(edges).toHaveLength(15)
    const biases = edges.filter(({ from }) => from === ones[0]!.id)
    biases.forEach(({ weight }, i) => expect(weight).toBeCloseTo((i + 1) / 10, 6))
    expect(nodes.every((node) => node.bias === undefined)).toBe(true)
  })

  test('4.2.0 two variables, both drawings', async () => {
    const plain = await networkGraph(F, weights(2))
    expect(plain.nodes.slice(0, 2).map(({ label }) => label)).toEqual(['x1', 'x2'])
    expect(plain.edges).toHaveLength(15)
    // w_{3_2}: from x2 to the third neuron.
    expect(plain.edges.find(({ from, to }) => from === '0-1' && to === '1-2')!.weight).toBeCloseTo(3.1, 6)
    expect((await networkGraph(F, weights(2), { biasAsInput: true })).edges).toHaveLength(20)
  })

  test('4.2.0 a graph is plain data whose edges join its nodes, each id once', async () => {
    const all = await of(sequential([dense(4), dense(3), dense(2)]), [6], { biasAsInput: true })
    expect(JSON.parse(JSON.stringify(all))).toEqual(all)
    const ids = all.nodes.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const layerOf = new Map(all.nodes.map(({ id, layer }) => [id, layer]))
    for (const { from, to } of all.edges) expect(layerOf.get(to)).toBe(layerOf.get(from)! + 1)
  })

  test('4.2.1 activations, dropout and nested models stand where they act; other layers are one node', async () => {
    const nested = await of(
      sequential([sequential([dense(3), activation('relu')]), dropout(0.5), flatten(), dense(2)]),
      [2],
    )
    expect(nested.layers.map(({ kind, path }) => `${path} ${kind}`)).toEqual([' input', '[0][0] dense', '[3] dense'])
    expect(nested.nodes.filter(({ layer }) => layer === 1).every(({ activation }) => activation === 'relu')).toBe(true)

    const images = await of(
      sequential([conv2d(4, { kernelSize: 3, activation: 'relu' }), flatten(), dense(2)]),
      [5, 5, 1],
    )
    expect(images.nodes.map(({ label }) => label)).toEqual([
      'input 5×5×1',
      'conv2d relu → 3×3×4',
      'flatten → 36',
      '1',
      '2',
    ])
    expect(images.edges.filter(({ weight }) => weight !== undefined)).toEqual([])

    // Its weight does not say how high and wide an image is.
    const convolution = sequential([conv2d(4, { kernelSize: 3 })])
    await expect(networkGraph(convolution, convolution.init({ inputShape: [5, 5, 1] }).params)).rejects.toThrow(
      /the input shape cannot be told/,
    )

    const x = input([2])
    const shortcut = graph({ inputs: x, outputs: addNodes([call(dense(2), x), x]) })
    const joined = await of(shortcut, [2])
    expect(joined.nodes.map(({ label, layer }) => `${layer} ${label}`)).toEqual([
      '0 input 2',
      '1 dense → 2',
      '2 add → 2',
    ])
    expect(joined.edges).toHaveLength(3)
  })

  test('4.2.0 wrong calls say what is wrong', async () => {
    await expect(networkGraph(sequential([flatten()]), [{}])).rejects.toThrow(/inputShape/)
    await expect(networkGraph(F, [{}])).rejects.toThrow('NOT_INITIALIZED')
    await expect(networkGraph(F, weights(1), { biases: true } as never)).rejects.toThrow('UNKNOWN_OPTION')
    const small = await networkGraph(F, weights(1))
    expect(() => toSvg(small, { maxNodes: 3 })).toThrow(/maxNodes/)
    expect(() => toSvg(small, { theme: 'blue' } as never)).toThrow(/theme/)
    expect(() => toDot(small, { size: 3 } as never)).toThrow('UNKNOWN_OPTION')
  })
})

describe('4.2.0 drawings', () => {
  test('4.2.0 DOT names every node and edge', async () => {
    const dot = toDot(await networkGraph(F, weights(1), { biasAsInput: true }))
    expect(dot.match(/->/g)).toHaveLength(15)
    expect(dot).toContain('"1-4" -> "2-0" [label="50"]')
    expect(dot).toContain('[label="1", shape=circle, style=dashed]')
    const quoted = toDot({
      layers: [{ kind: 'input', path: '', nodes: 1 }],
      nodes: [{ id: 'a"b', layer: 0, kind: 'input', index: 0, label: 'back\\slash"\n' }],
      edges: [],
    })
    expect(quoted).toContain('"a\\"b" [label="back\\\\slash\\"\\n", shape=circle]')
  })

  test('4.2.0 an SVG has a title, a description, and a circle for each node', async () => {
    const svg = toSvg(await networkGraph(F, weights(1), { biasAsInput: true }))
    checkXml(svg)
    expect(svg.match(/<circle/g)).toHaveLength(8)
    expect(svg.match(/<line/g)).toHaveLength(15)
    expect(svg).toContain('role="img"')
    expect(svg).toMatch(/<desc>A directed graph of 8 nodes/)
  })

  test('lines of a box stand one under the other, inside it', async () => {
    const model = sequential([conv2d(4, { kernelSize: 3, activation: 'relu' }), flatten(), dense(2)])
    const svg = toSvg(await of(model, [8, 8, 1]), { width: 320 })
    const boxes = [
      ...svg.matchAll(
        /<rect x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)" rx="6"[^>]*>((?:\s*<text[^>]*>.*?<\/text>)+)/g,
      ),
    ]
    const lines = boxes.map(([, top, height, texts]) => {
      const ys = [...texts!.matchAll(/<text[^>]* y="([^"]*)"/g)].map(([, y]) => Number(y))
      for (const y of ys) expect(Number(top) < y && y < Number(top) + Number(height)).toBe(true)
      expect(ys).toEqual([...ys].sort((a, b) => a - b))
      return ys.length
    })
    expect(Math.max(...lines)).toBeGreaterThan(1)
  })
  test('4.2.0 up to 40 nodes a layer are drawn, of more the first and last ones', async () => {
    const forty = toSvg(await of(sequential([dense(40), dense(1)]), [2]))
    expect(forty.match(/<circle/g)).toHaveLength(43)
    const more = await of(sequential([dense(41), dense(1)]), [2])
    const svg = toSvg(more)
    checkXml(svg)
    expect(svg.match(/<circle/g)).toHaveLength(17)
    expect(svg).toContain('⋮ 27 more')
    expect(toDot(more)).toContain('27 more')
    expect(toSvg(more, { maxNodes: 50 }).match(/<circle/g)).toHaveLength(44)
  })

  test('4.2.0 texts are escaped', async () => {
    const evil = '</title><script>alert("1")</script>&\u0000'
    const svg = toSvg(
      {
        layers: [{ kind: evil, path: '', nodes: 1 }],
        nodes: [{ id: evil, layer: 0, kind: 'layer', index: 0, label: evil }],
        edges: [],
      },
      { title: evil },
    )
    checkXml(svg)
    expect(svg).not.toContain('<script')
    const trace = await traceBackprop((x) => x, tensor(1), { names: evil, output: 'L<' })
    checkXml(traceSvg(trace))
    expect(escapeXml(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&#39;')
  })

  test('4.3.4 a trace as an SVG: values, formulas, gradients', async () => {
    const trace = await traceBackprop(
      { model: F, loss: (await import('@neurite/losses')).mse },
      { params: weights(1), x: tensor([[0.5]]), y: tensor([[1]]) },
    )
    const svg = traceSvg(trace, { title: 'My net' })
    checkXml(svg)
    expect(svg).toContain('<title>My net</title>')
    expect(svg).toContain('A_1 = σ(Z_1)')
    expect(traceSvg(trace, { detail: 'all' }).match(/<rect/g)!.length).toBeGreaterThan(svg.match(/<rect/g)!.length)
    expect(() => traceSvg(trace, { detail: 'some' } as never)).toThrow(/detail/)
  })

  test('formulas as plain text', () => {
    expect(plainText('\\left(\\varphi(z_{1}) - 1\\right)^{2}')).toBe('(φ(z_1) − 1)^2')
    expect(plainText('\\frac{p}{s} \\cdot \\operatorname{ReLU}(\\mathrm{a\\_b})')).toBe('p/s · ReLU(a_b)')
  })
})
