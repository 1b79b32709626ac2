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

const problem = (net: NetName, phi: PhiName = 'sigmoid', loss: LossName = 'sse') => ({
  net,
  phi,
  loss,
  ...valuesOf(net, { x: [], t: [], w: [] }),
})
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
      const { steps, trace } = await backprop(problem(net))
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

  test('stand in the matrices where their entry is marked', () => {
    for (const { matrix, value } of chapter.steps) {
      const marked = /\\htmlClass\{bp-entry\}\{([^}]*)\}/.exec(withEntry(matrix!.latex, matrix!.row, matrix!.column))
      if (marked === null) expect(matrix!.latex).toMatch(/mathscr\{L\} =/)
      else expect(Number(marked[1])).toBeCloseTo(Number(value), 2)
      expect(inTwo(matrix!.latex).join(' ')).toBe(matrix!.latex)
    }
  })
})

describe('the measure', () => {
  test.each(NETS.flatMap((net) => ACTIVATIONS.flatMap((phi) => LOSSES.map((loss) => [net, phi, loss] as const))))(
    'of %s with %s and %s agrees with differences, and its step is w - delta grad',
    async (net, phi, loss) => {
      const asked = problem(net, phi, loss)
      const { trace, steps } = await backprop(asked)
      const { error, before, moved, curve, after } = await measureStep({ ...asked, delta: 0.5, mostDelta: 4 })
      expect(error).toBeLessThan(1e-8)
      expect(before).toBe(trace.nodes[trace.output]!.value)
      const gradients = steps.filter(({ kind }) => kind === 'weight')
      expect(gradients).toHaveLength(asked.w.length)
      const again = await backprop({ ...asked, w: moved })
      expect(again.trace.nodes[again.trace.output]!.value).toBeCloseTo(after, 12)
      expect(curve.find(([delta]) => delta === 0.5)![1]).toBeCloseTo(after, 12)
      asked.w.forEach((w, i) => {
        const name = trace.nodes.filter(({ name }) => name.startsWith('w_'))[i]!.name
        expect(moved[i]).toBeCloseTo(w - 0.5 * gradientOf(trace, name), 12)
      })
    },
  )
})

describe('the picture', () => {
  test.each(NETS.flatMap((net) => [[net, 785, 490] as const, [net, 358, 380] as const, [net, 328, 250] as const]))(
    '%s in %i x %i: nothing stands outside, nothing on another thing',
    async (net, width, height) => {
      const { trace, graph } = await backprop(problem(net))
      const { radius, nodes, lines, weightWidth } = placesOf(trace, graph, width, height)
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
