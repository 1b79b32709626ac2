import { cpu } from '@neurite/backend-cpu'
import { add, mul, setDefaultBackend, square, sub, tensor, zeros } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense } from '@neurite/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { chapterTrace, Wy, Wz } from '../examples/chapter-network.js'
import { traceBackprop, traceGraph, type BackpropTrace, type TraceGraph } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const number = (value: number) => tensor(value, { dtype: 'float64' })
/** Edges by the names at their ends, with what stands on them. */
const written = ({ edges }: TraceGraph, { nodes }: BackpropTrace): string[] =>
  edges.map(
    ({ from, to, carries }) =>
      `${nodes[from]!.name} -${carries.map((id) => nodes[id]!.name).join()}-> ${nodes[to]!.name}`,
  )

describe('traceGraph', () => {
  test('an input times itself stands beside the product, and on no edge of its own', async () => {
    const trace = await traceBackprop(({ a }) => mul(a, a), { a: number(3) })
    const graph = traceGraph(trace)
    expect(graph.nodes).toHaveLength(2)
    expect(graph.edges.map(({ carries }) => carries)).toEqual([[]])
  })

  test("draws the chapter's example as the chapter draws it", async () => {
    const trace = await chapterTrace()
    const graph = traceGraph(trace)
    const columns = Array.from({ length: graph.columns }, (_, at) =>
      graph.nodes.filter(({ column }) => column === at).map(({ id, row }) => [trace.nodes[id]!.name, row]),
    )
    expect(columns).toEqual([
      [
        ['x_{1}', -0.5],
        ['x_{2}', 0.5],
      ],
      [1, 2, 3].map((i) => [`y_{${i}}`, i - 2]),
      [1, 2, 3].map((i) => [`\\varphi(y_{${i}})`, i - 2]),
      [1, 2].map((i) => [`z_{${i}}`, i - 1.5]),
      [1, 2].map((i) => [`\\varphi(z_{${i}})`, i - 1.5]),
      [['\\mathscr{L}', 0]],
    ])
    expect(graph.rows).toBe(3)
    const edges = written(graph, trace)
    expect(edges).toContain('x_{2} -w_{y2_2}-> y_{2}')
    expect(edges).toContain('\\varphi(y_{2}) -w_{z1_2}-> z_{1}')
    expect(edges).toContain('\\varphi(z_{1}) --> \\mathscr{L}')
    expect(edges).toHaveLength(6 + 3 + 6 + 2 + 2)
  })

  test('edges hold the local gradient, and upstream times local', async () => {
    const trace = await chapterTrace()
    const { edges } = traceGraph(trace)
    const edge = (from: string, to: string) =>
      edges.find((each) => trace.nodes[each.from]!.name === from && trace.nodes[each.to]!.name === to)!
    const gradient = (name: string) => trace.nodes.find((node) => node.name === name)!.gradient as number
    expect(edge('x_{2}', 'y_{3}').local).toBe(Wy[2]![1])
    expect(edge('\\varphi(y_{3})', 'z_{2}').local).toBe(Wz[1]![2])
    const [one, two] = [edge('\\varphi(y_{2})', 'z_{1}'), edge('\\varphi(y_{2})', 'z_{2}')]
    expect(one.downstream).toBeCloseTo(gradient('z_{1}') * Wz[0]![1]!, 15)
    expect(one.downstream! + two.downstream!).toBeCloseTo(gradient('\\varphi(y_{2})'), 15)
  })

  test('what stands on the edges of a dense layer stands equally far apart', async () => {
    const { nodes, edges } = traceGraph(await chapterTrace())
    const row = (id: number): number => nodes.find((node) => node.id === id)!.row
    for (const column of [1, 3]) {
      const heights = edges
        .filter(({ to }) => nodes.find(({ id }) => id === to)!.column === column)
        .map(({ from, to, at }) => (1 - at) * row(from) + at * row(to))
        .sort((a, b) => a - b)
      const steps = heights.slice(1).map((height, i) => height - heights[i]!)
      for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 12)
    }
  })

  test('marks the way to one weight', async () => {
    const trace = await chapterTrace()
    const graph = traceGraph(trace, { path: 'w_{z1_2}' })
    const marked = graph.nodes.filter(({ onPath }) => onPath).map(({ id }) => trace.nodes[id]!.name)
    expect(marked).toEqual(['z_{1}', '\\varphi(z_{1})', '\\mathscr{L}'])
    const edges = { ...graph, edges: graph.edges.filter(({ onPath }) => onPath) }
    expect(written(edges, trace)).toEqual([
      '\\varphi(y_{2}) -w_{z1_2}-> z_{1}',
      'z_{1} --> \\varphi(z_{1})',
      '\\varphi(z_{1}) --> \\mathscr{L}',
    ])
    expect(traceGraph(trace).nodes.some(({ onPath }) => onPath)).toBe(false)
    expect(() => traceGraph(trace, { path: 'w_{q}' })).toThrow(/traceGraph: path must be the name of a value/)
  })

  test('a target stands on the edge of what it is compared with, a bias at its sum; what is used twice is a node', async () => {
    const trace = await traceBackprop(
      ({ x, w, b, v }, name) => {
        const z = name('z', add(add(mul(x, w), mul(v, v)), b))
        return square(sub(z, name('t', number(2))))
      },
      { x: number(3), w: number(0.5), b: number(0.1), v: number(1) },
    )
    const graph = traceGraph(trace)
    expect(written(graph, trace)).toEqual(['x -w-> z', 'v --> z', 'z -t-> \\mathscr{L}'])
    expect(graph.nodes.map(({ id, column }) => [trace.nodes[id]!.name, column])).toEqual([
      ['x', 0],
      ['v', 0],
      ['z', 1],
      ['\\mathscr{L}', 2],
    ])
    const named = (ids: readonly number[]): string[] => ids.map((id) => trace.nodes[id]!.name)
    expect(graph.nodes.map(({ carries }) => named(carries))).toEqual([[], [], ['b'], []])
  })

  test('what is added to a constant, or used again, is a node of its own', async () => {
    const trace = await traceBackprop(
      ({ a, b, c }, name) => {
        const z = name('z', add(add(mul(a, b), c), add(mul(b, 2), c)))
        return square(z)
      },
      { a: number(3), b: number(0.5), c: number(0.1) },
    )
    const graph = traceGraph(trace)
    expect(graph.nodes.every(({ carries }) => carries.length === 0)).toBe(true)
    const alone = await traceBackprop(({ b }) => square(add(b, number(1))), { b: number(0.5) })
    expect(traceGraph(alone).nodes.map(({ id }) => alone.nodes[id]!.name)).toContain('b')
  })

  test('arrays have edges without numbers', async () => {
    const model = dense(3, { activation: 'tanh' })
    const { params } = model.init({ inputShape: [2], seed: 1 })
    const trace = await traceBackprop({ model, loss: mse }, { params, x: zeros([4, 2]), y: zeros([4, 3]) })
    const { edges } = traceGraph(trace)
    expect(edges.length).toBeGreaterThan(2)
    expect(edges.every(({ local, downstream }) => local === null && downstream === null)).toBe(true)
  })
})
