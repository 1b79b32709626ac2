import { latexSteps, type BackpropTrace } from '@neurite/explain'
import { beforeAll, describe, expect, test } from 'vitest'
import { isRight, parse } from '../../src/labs/backprop/answer.js'
import { backprop, measureStep, type Backprop } from '../../src/labs/backprop/compute.js'
import { inTwo, withEntry } from '../../src/labs/backprop/formula-parts.js'
import { plainName, runsOf } from '../../src/labs/backprop/name.jsx'
import {
  ACTIVATIONS,
  LOSSES,
  NETS,
  valuesOf,
  type LossName,
  type NetName,
  type PhiName,
} from '../../src/labs/backprop/networks.js'
import { placesOf } from '../../src/labs/backprop/places.js'

const problem = (net: NetName, phi: PhiName = 'sigmoid', loss: LossName = 'sse', biases = false) => ({
  net,
  phi,
  loss,
  ...valuesOf(net, { x: [], t: [], w: [], b: [] }, biases),
})
const WITH_AND_WITHOUT = [false, true]
const gradientOf = ({ nodes }: BackpropTrace, name: string): number =>
  Number(nodes.find((node) => node.name === name)!.gradient)

let chapter: Backprop
beforeAll(async () => {
  chapter = await backprop(problem('2-3-2'))
})

describe('the steps', () => {
  test('go forward column by column, then back, weights as soon as their gradient can be had', () => {
    const names = chapter.steps.map(({ pass, name }) => `${pass === 'forward' ? '' : '∂'}${plainName(name)}`)
    expect(names).toEqual(
      [
        'y_1 y_2 y_3 φ(y_1) φ(y_2) φ(y_3) z_1 z_2 φ(z_1) φ(z_2) ℒ',
        '∂φ(z_1) ∂φ(z_2) ∂z_1 ∂z_2 ∂w_z1_1 ∂w_z1_2 ∂w_z1_3 ∂w_z2_1 ∂w_z2_2 ∂w_z2_3',
        '∂φ(y_1) ∂φ(y_2) ∂φ(y_3) ∂y_1 ∂y_2 ∂y_3 ∂w_y1_1 ∂w_y1_2 ∂w_y2_1 ∂w_y2_2 ∂w_y3_1 ∂w_y3_2',
      ]
        .join(' ')
        .split(' '),
    )
  })

  test("are the chapter's: packages/explain/examples/chapter-4.3.4.txt", () => {
    const of = (name: string): number => chapter.steps.findLast((step) => step.name === name)!.result
    expect(of('\\mathscr{L}')).toBeCloseTo(0.232, 3)
    expect(of('w_{z1_2}')).toBeCloseTo(-0.08559, 5)
    expect(of('w_{z2_2}')).toBeCloseTo(0.09141, 5)
    expect(of('\\varphi(y_{2})')).toBeCloseTo(0.1851, 4)
    expect(of('w_{y2_2}')).toBeCloseTo(-0.05537, 5)
  })

  test('never use what is not known yet', async () => {
    for (const net of NETS) {
      const { steps, trace } = await backprop(problem(net, 'sigmoid', 'sse', true))
      const known = new Set<string>()
      for (const { pass, id, symbols } of steps) {
        for (const { id: other, name } of trace.nodes)
          if (pass === 'backward' && symbols.at(-1)!.includes(`}{\\partial ${name}}`))
            expect(known).toContain(`∂${other}`)
        known.add(`${pass === 'backward' ? '∂' : ''}${id}`)
      }
    }
  })

  test('say the numbers of the trace, in formulas, results and products', () => {
    const { trace, steps } = chapter
    const written = latexSteps(trace, { digits: 4, withNumbers: true })
    for (const step of steps) {
      const node = trace.nodes[step.id]!
      expect(step.result).toBe(step.pass === 'forward' ? node.value : node.gradient)
      const parts = [...step.symbols, ...(step.numbers === undefined ? [] : [step.numbers]), step.value]
      expect(written.map(({ latex }) => latex)).toContain(parts.join(' = '))
      if (step.terms.length > 0)
        expect(step.terms.reduce((sum, { upstream, local }) => sum + upstream * local, 0)).toBeCloseTo(step.result, 14)
    }
  })

  test('with biases: each is a step after the weights of its layer, and its gradient is that of its sum', async () => {
    const { steps, trace } = await backprop(problem('2-3-2', 'sigmoid', 'sse', true))
    const back = steps.filter(({ pass }) => pass === 'backward').map(({ name }) => plainName(name))
    expect(back.slice(8, 14)).toEqual(['w_z2_2', 'w_z2_3', 'b_z1', 'b_z2', 'φ(y_1)', 'φ(y_2)'])
    expect(back.slice(-3)).toEqual(['b_y1', 'b_y2', 'b_y3'])
    for (const { name, terms, result, symbols } of steps.filter(({ kind }) => kind === 'bias')) {
      const sum = gradientOf(trace, name.replace(/b_\{(.)(.)\}/, '$1_{$2}'))
      expect([result, terms]).toEqual([sum, [{ upstream: sum, local: 1, downstream: sum }]])
      expect(symbols.at(-1)).not.toContain('b_')
    }
    const [first] = steps
    expect([first!.kind, first!.symbols.at(-1)]).toEqual([
      'sumWithBias',
      'x_{1} \\cdot w_{y1_1} + x_{2} \\cdot w_{y1_2} + b_{y1}',
    ])
    const { steps: path } = await backprop({ ...problem('2-3-2', 'sigmoid', 'sse', true), path: 'b_{z2}' })
    expect(path.filter(({ pass }) => pass === 'backward').map(({ name }) => plainName(name))).toEqual([
      'φ(z_2)',
      'z_2',
      'b_z2',
    ])
  })

  test('of a path are those of one weight', async () => {
    const { steps, graph } = await backprop({ ...problem('2-3-2'), path: 'w_{y2_2}' })
    const back = steps.filter(({ pass }) => pass === 'backward').map(({ name }) => plainName(name))
    expect(back).toEqual(['φ(z_1)', 'φ(z_2)', 'z_1', 'z_2', 'φ(y_2)', 'y_2', 'w_y2_2'])
    expect(graph.edges.filter(({ onPath }) => onPath)).toHaveLength(8)
  })

  test.each(NETS)('of %s go on to the inputs where that is asked for, last of all', async (net) => {
    const [plain, asked] = [await backprop(problem(net)), await backprop({ ...problem(net), dx: true })]
    expect(asked.steps.slice(0, plain.steps.length)).toEqual(plain.steps)
    const { x } = problem(net)
    const last = asked.steps.slice(plain.steps.length)
    expect(last.map(({ name, kind }) => [name, kind])).toEqual(x.map((_, i) => [`x_{${i + 1}}`, 'input']))
    for (const [i, { result, terms }] of last.entries()) {
      expect(terms.reduce((sum, { upstream, local }) => sum + upstream * local, 0)).toBeCloseTo(result, 14)
      // A central difference of the loss itself.
      const lossAt = async (by: number): Promise<number> => {
        const moved = await backprop({ ...problem(net), x: x.map((value, k) => (k === i ? value + by : value)) })
        return Number(moved.trace.nodes[moved.trace.output]!.value)
      }
      expect(((await lossAt(1e-4)) - (await lossAt(-1e-4))) / 2e-4).toBeCloseTo(result, 6)
    }
  })

  test.each(WITH_AND_WITHOUT)('stand in the matrices where their entry is marked, biases: %s', async (biases) => {
    for (const { matrix, value } of (await backprop(problem('2-3-2', 'sigmoid', 'sse', biases))).steps) {
      const marked = /\\htmlClass\{bp-entry\}\{([^}]*)\}/.exec(withEntry(matrix!.latex, matrix!.row, matrix!.column))
      if (marked === null) expect(matrix!.latex).toMatch(/mathscr\{L\} =/)
      else expect(Number(marked[1])).toBeCloseTo(Number(value), 2)
      expect(inTwo(matrix!.latex).join(' ')).toBe(matrix!.latex)
    }
  })
})

describe('the measure', () => {
  test.each(
    NETS.flatMap((net) =>
      ACTIVATIONS.flatMap((phi) =>
        LOSSES.flatMap((loss) => WITH_AND_WITHOUT.map((biases) => [net, phi, loss, biases] as const)),
      ),
    ),
  )(
    'of %s with %s and %s, biases %s, agrees with differences, and its step is w - delta grad',
    async (net, phi, loss, biases) => {
      const asked = problem(net, phi, loss, biases)
      const { trace, steps } = await backprop(asked)
      const { error, before, moved, curve, after } = await measureStep({ ...asked, delta: 0.5, mostDelta: 4 })
      expect(error).toBeLessThan(1e-8)
      expect(before).toBe(trace.nodes[trace.output]!.value)
      const of = (wanted: string): number => steps.filter(({ kind }) => kind === wanted).length
      expect([of('weight'), of('bias')]).toEqual([asked.w.length, asked.b.length])
      const again = await backprop({ ...asked, ...moved })
      expect(again.trace.nodes[again.trace.output]!.value).toBeCloseTo(after, 12)
      expect(curve.find(([delta]) => delta === 0.5)![1]).toBeCloseTo(after, 12)
      for (const of of ['w', 'b'] as const)
        asked[of].forEach((value, i) => {
          const name = trace.nodes.filter(({ name }) => name.startsWith(`${of}_`))[i]!.name
          expect(moved[of][i]).toBeCloseTo(value - 0.5 * gradientOf(trace, name), 12)
        })
    },
  )
})

describe('the picture', () => {
  test.each(
    NETS.flatMap((net) =>
      WITH_AND_WITHOUT.flatMap((biases) =>
        (
          [
            [785, 490],
            [358, 380],
            [328, 250],
          ] as const
        ).map((size) => [net, ...size, biases] as const),
      ),
    ),
  )(
    '%s in %i x %i, biases %s: nothing stands outside, nothing on another thing',
    async (net, width, height, biases) => {
      const { trace, graph } = await backprop(problem(net, 'sigmoid', 'sse', biases))
      const { radius, nodes, lines, weightWidth, bias } = placesOf(trace, graph, width, height)
      expect(bias !== undefined).toBe(biases)
      // A bias lies between its disc and the one above it.
      if (bias !== undefined)
        for (const { id, carries } of graph.nodes.filter(({ carries }) => carries.length > 0)) {
          const { x, y } = nodes.get(id)!
          const [top, bottom] = [y + bias.y - bias.height / 2, y + bias.y + bias.height / 2]
          expect(carries).toHaveLength(1)
          expect(top).toBeGreaterThanOrEqual(10)
          expect(bottom).toBeLessThanOrEqual(y - radius)
          for (const disc of [...nodes.values()].filter((other) => other.y < y && Math.abs(other.x - x) < radius))
            expect(disc.y + radius).toBeLessThanOrEqual(top)
        }
      const discs = [...nodes.values()]
      for (const { x, y } of discs) {
        expect(x - radius).toBeGreaterThanOrEqual(0)
        expect(x + radius).toBeLessThanOrEqual(width)
        expect(y - radius).toBeGreaterThanOrEqual(12)
        expect(y + radius).toBeLessThanOrEqual(height - 12)
      }
      for (const [i, a] of discs.entries())
        for (const b of discs.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * radius)
      const tags = lines.filter(({ edge }) => edge.carries.length > 0).map(({ tag }) => tag)
      for (const [i, a] of tags.entries()) {
        for (const b of tags.slice(i + 1)) expect(Math.abs(a.x - b.x) > 20 || Math.abs(a.y - b.y) > 15).toBe(true)
        for (const disc of discs)
          expect(Math.abs(a.x - disc.x) > weightWidth / 2 + radius - 8 || Math.abs(a.y - disc.y) > radius).toBe(true)
      }
    },
  )
})

test('names are set with their subscripts', () => {
  expect(runsOf('\\varphi(y_{2})')).toEqual([
    { text: 'φ(y', depth: 0 },
    { text: '2', depth: 1 },
    { text: ')', depth: 0 },
  ])
  expect(runsOf('w_{z1_2}')).toEqual([
    { text: 'w', depth: 0 },
    { text: 'z1', depth: 1 },
    { text: '2', depth: 2 },
  ])
})

test('answers are numbers as people write them, right within a hundredth', () => {
  expect(['-0.5', '−0.5', ' .5 ', '0,5', '1e-3', '', 'x', '1/2'].map(parse)).toEqual([
    -0.5,
    -0.5,
    0.5,
    0.5,
    1e-3,
    undefined,
    undefined,
    undefined,
  ])
  expect(isRight(0.1011, 0.1)).toBe(false)
  expect(isRight(0.1009, 0.1)).toBe(true)
  expect(isRight(-0.1, 0.1)).toBe(false)
  expect(isRight(0, 0)).toBe(true)
  expect(isRight(0.001, 0)).toBe(false)
})
