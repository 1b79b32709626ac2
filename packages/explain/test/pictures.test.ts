import { readFileSync } from 'node:fs'
import { cpu } from '@neurite/backend-cpu'
import { key, randomNormal, setDefaultBackend, tensor, zeros } from '@neurite/core'
import { mse } from '@neurite/losses'
import { conv2d, dense, flatten, layerNorm, sequential, type Layer } from '@neurite/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { chapterTrace } from '../examples/chapter-network.js'
import { pictures } from '../examples/pictures.js'
import { formulaLine, lineWidth, plainText, wrapLine } from '../src/drawing/formula.js'
import { textWidth } from '../src/drawing/text.js'
import { COLORS } from '../src/drawing/theme.js'
import {
  approximate,
  approximationSvg,
  gradientFlow,
  gradientFlowSvg,
  networkGraph,
  toSvg,
  traceBackprop,
  traceSvg,
  type BackpropTrace,
  type DrawingOptions,
} from '../src/index.js'

const drawn = new Map<string, (options: DrawingOptions) => string | Promise<string>>()
let chapter: BackpropTrace

beforeAll(async () => {
  setDefaultBackend(cpu())
  chapter = await chapterTrace()
  const model = sequential([dense(3, { activation: 'sigmoid' }), dense(2, { activation: 'sigmoid' })])
  const { params } = model.init({ inputShape: [2], seed: 4 })
  const y = tensor([[0, 1]])
  const trace = await traceBackprop({ model, loss: mse }, { params, x: tensor([[1, 2]]), y })
  const graphOf = (of: Layer, inputShape: readonly number[], biasAsInput = false) =>
    networkGraph(of, of.init({ inputShape, seed: 3 }).params, { inputShape, biasAsInput })
  const small = await graphOf(sequential([dense(5, { activation: 'relu' }), dense(1)]), [2], true)
  const wide = await graphOf(
    sequential([dense(30, { activation: 'relu' }), dense(10, { activation: 'softmax' })]),
    [64],
  )
  const images = await graphOf(sequential([conv2d(4, { kernelSize: 3 }), flatten(), dense(3)]), [8, 8, 1])
  const deep = sequential([...Array.from({ length: 10 }, () => dense(8, { activation: 'sigmoid' })), dense(1)])
  const batch = { x: randomNormal(key(0), [16, 4]), y: zeros([16, 1]) }
  const flow = await gradientFlow(deep, deep.init({ inputShape: [4], seed: 1 }).params, batch, mse)
  const curve = (x: number): number => Math.sin(3 * x)
  const F = await approximate(curve, { domain: [-1, 1], neurons: 3, steps: 5 })
  const surface = (x: number, y: number): number => x * y
  const square = [
    [-1, 1],
    [0, 1],
  ] as const
  const G = await approximate(surface, { domain: square, neurons: 4, steps: 2 })
  drawn.set('chapter', (o) => traceSvg(chapter, o))
  drawn.set('path', (o) => traceSvg(chapter, { ...o, path: 'w_{y2_2}' }))
  drawn.set('model', (o) => traceSvg(trace, o))
  drawn.set('all', (o) => traceSvg(trace, { ...o, detail: 'all' }))
  drawn.set('network', (o) => toSvg(small, o))
  drawn.set('wide network', (o) => toSvg(wide, o))
  drawn.set('images', (o) => toSvg(images, o))
  drawn.set('flow', (o) => gradientFlowSvg(flow, o))
  drawn.set('curve', (o) => approximationSvg(F, curve, o))
  drawn.set('surface', (o) => approximationSvg(G, surface, o))
})

const NAMES = [
  'chapter',
  'path',
  'model',
  'all',
  'network',
  'wide network',
  'images',
  'flow',
  'curve',
  'surface',
] as const

interface Text {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
}

/** The texts of a picture and where they stand, by our estimate of their widths. */
function textsOf(svg: string): Text[] {
  return [...svg.matchAll(/<text x="([^"]*)" y="([^"]*)"([^>]*)>(.*?)<\/text>/gs)].map(([, x, y, rest, inner]) => {
    const size = Number(/font-size="([^"]*)"/.exec(rest!)?.[1] ?? 13)
    const text = inner!.replace(/<[^>]*>/g, '')
    let width = 0
    for (const [, attributes, part] of inner!.matchAll(/(?:<tspan([^>]*)>)?([^<]+)(?:<\/tspan>)?/g))
      width += textWidth(part!, Number(/font-size="([^"]*)"/.exec(attributes ?? '')?.[1] ?? size))
    const anchor = /text-anchor="([^"]*)"/.exec(rest!)?.[1]
    return {
      text,
      x: Number(x) - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0),
      y: Number(y),
      width,
      size,
    }
  })
}

describe.each(NAMES)('the picture of %s', (name) => {
  test.each([320, 390, 720, 1280])('is drawn for %i pixels, in each theme', async (width) => {
    for (const theme of ['light', 'dark', 'inherit'] as const) {
      const svg = await drawn.get(name)!({ width, theme })
      expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*>\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/)
      expect(svg).not.toMatch(/<style|style=|class=|…|NaN|undefined/)
      expect(svg.includes(`fill="${COLORS.light.ground}"`)).toBe(theme === 'light')
      if (theme === 'inherit') expect(svg).toContain('currentColor')
      expect(await drawn.get(name)!({ width, theme })).toBe(svg)
      const [, drawnWidth] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!
      // Only a network of many layers needs more than it was given.
      if (name !== 'images') expect(Number(drawnWidth)).toBeLessThanOrEqual(width)
      const texts = textsOf(svg)
      expect(texts.length).toBeGreaterThan(0)
      for (const { text, x, size, width: wide } of texts) {
        expect(size, text).toBeGreaterThanOrEqual(11)
        expect(x, text).toBeGreaterThanOrEqual(0)
        expect(x + wide, text).toBeLessThanOrEqual(Number(drawnWidth) + 4)
      }
      for (const [, size] of svg.matchAll(/font-size="([\d.]+)"/g)) expect(Number(size)).toBeGreaterThanOrEqual(10)
    }
  })

  test.each([320, 390, 720, 1280])('lies inside its frame at %i pixels', async (width) => {
    const svg = await drawn.get(name)!({ width })
    const [, wide, high] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number)
    const inside = (what: string, left: number, top: number, right: number, bottom: number): void => {
      expect(left, what).toBeGreaterThanOrEqual(0)
      expect(top, what).toBeGreaterThanOrEqual(0)
      expect(right, what).toBeLessThanOrEqual(wide!)
      expect(bottom, what).toBeLessThanOrEqual(high!)
    }
    const numbers = (tag: string, ...names: string[]): number[] =>
      names.map((name) => Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)![1]))
    for (const [tag] of svg.matchAll(/<rect x=[^>]*>/g)) {
      const [x, y, w, h] = numbers(tag, 'x', 'y', 'width', 'height')
      inside(tag, x!, y!, x! + w!, y! + h!)
    }
    for (const [tag] of svg.matchAll(/<circle [^>]*>/g)) {
      const [x, y, r] = numbers(tag, 'cx', 'cy', 'r')
      inside(tag, x! - r!, y! - r!, x! + r!, y! + r!)
    }
    for (const { text, y, size } of textsOf(svg)) inside(text, 0, y - size, 0, y + 0.3 * size)
    for (const [tag, x, y] of svg.matchAll(/translate\(([\d.-]+) ([\d.-]+)\)/g)) inside(tag, +x!, +y!, +x!, +y!)
  })

  test.each([390, 1280])('has no text on another one at %i pixels', async (width) => {
    const texts = textsOf(await drawn.get(name)!({ width }))
    texts.forEach((a, i) =>
      texts.slice(i + 1).forEach((b) => {
        const apart = Math.abs(a.y - b.y) >= 10 || a.x + a.width <= b.x + 4 || b.x + b.width <= a.x + 4
        expect(apart, `${a.text} on ${b.text}`).toBe(true)
      }),
    )
  })
})

describe('colours', () => {
  const luminance = (color: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = parseInt(color.slice(at, at + 2), 16) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const contrast = (a: string, b: string): number => {
    const [dark, light] = [luminance(a), luminance(b)].sort((p, q) => p - q)
    return (light! + 0.05) / (dark! + 0.05)
  }

  test.each(['light', 'dark'] as const)('read on the ground of %s (WCAG 2.2)', (theme) => {
    const { ground, line, ...texts } = COLORS[theme]
    for (const color of Object.values(texts)) expect(contrast(color, ground!), color).toBeGreaterThanOrEqual(4.5)
    expect(contrast(line, ground!)).toBeGreaterThanOrEqual(3)
  })
})

describe('traceSvg', () => {
  test('4.3.4 Remark 1: each way into a node has its local and its downstream gradient', () => {
    const svg = traceSvg(chapter, { width: 1280 })
    const texts = textsOf(svg).map(({ text }) => text)
    // z_1 by phi(y_2): local w_z1_2, downstream dL/dz_1 times that.
    const { gradient } = chapter.nodes.find(({ name }) => name === 'z_{1}')!
    expect(texts).toContain('× −0.5')
    expect(texts).toContain(`◂ ${String(Number((Number(gradient) * -0.5).toPrecision(3)))}`)
    expect(texts).toContain('φ(z1) = σ(z1)')
    expect(svg).toMatch(/<tspan dy="[\d.]+" font-size="10">y2<\/tspan><tspan dy="[\d.]+" font-size="10">2<\/tspan>/)
  })

  test('weights stand in the neuron that they enter, not in a column of their own', () => {
    const svg = traceSvg(chapter, { width: 1280 })
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2)
    expect(textsOf(svg).filter(({ text }) => text.includes('wz12 = −0.5'))).toHaveLength(1)
  })

  test('the path to one weight is marked, the rest fades', () => {
    const svg = traceSvg(chapter, { path: 'w_{y2_2}' })
    // y_2, phi(y_2), both outputs before and after phi, and the loss.
    expect(svg.match(/<rect [^>]*stroke-width="2"/g)).toHaveLength(7)
    expect(svg.match(/<path [^>]*stroke-width="2.5"/g)).toHaveLength(7)
    expect(traceSvg(chapter)).not.toMatch(/opacity="0.45"|stroke-width="2"/)
    expect(() => traceSvg(chapter, { path: 'w_{q}' })).toThrow(/path must be the name of a value/)
  })
})

describe('toSvg', () => {
  test('has headings, arrow heads, a legend, and numbers that do not meet', async () => {
    const svg = await drawn.get('network')!({ width: 720 })
    const texts = textsOf(svg).map(({ text }) => text)
    expect(texts).toEqual(expect.arrayContaining(['input', 'hidden 1', 'output', 'dense, relu', 'x1', 'weight']))
    expect(svg.match(/<line /g)).toHaveLength(21)
    expect(svg.match(/<path d="M0 0L/g)).toHaveLength(21)
    const graph = await networkGraph(dense(1), { weight: tensor([[0.5], [0.25]]), bias: tensor([2]) })
    const [written, silent] = [toSvg(graph), toSvg(graph, { weights: false })].map((each) =>
      textsOf(each).map(({ text }) => text),
    )
    expect(written).toEqual(expect.arrayContaining(['0.25', 'b = 2']))
    expect(silent).not.toEqual(expect.arrayContaining(['0.25']))
    expect(silent).not.toEqual(expect.arrayContaining(['b = 2']))
  })
})

describe('gradientFlowSvg', () => {
  test('4.2.4.a says which layers vanish, in words and bars', async () => {
    const svg = await drawn.get('flow')!({})
    expect(svg).toContain('<title>Gradient flow: vanishing</title>')
    const bars = [...svg.matchAll(/<rect [^>]* width="([\d.]+)" height="13"/g)].map(([, width]) => Number(width))
    expect(bars).toHaveLength(11)
    bars.slice(1).forEach((width, i) => expect(width).toBeGreaterThan(bars[i]!))
    expect(() => gradientFlowSvg({} as never)).toThrow(/what gradientFlow gives/)
  })

  test('says of each layer only what its activation has', async () => {
    const activations = ['relu', 'sigmoid', 'identity'] as const
    const layers = activations.map((activation) => dense(4, { activation }))
    const mixed = sequential([...layers, layerNorm(), dense(3, { activation: 'softmax' }), dense(1)])
    const data = { x: randomNormal(key(0), [16, 4]), y: zeros([16, 1]) }
    const flow = await gradientFlow(mixed, mixed.init({ inputShape: [4], seed: 1 }).params, data, mse)
    expect(gradientFlowSvg(flow)).not.toMatch(/NaN|undefined/)
  })
})

describe('approximationSvg', () => {
  test('4.1 draws F, f and each neuron; of two numbers maps; of three nothing', async () => {
    const curve = await drawn.get('curve')!({})
    expect(curve.match(/<path d="M[^"]*L[^"]*" fill="none"/g)).toHaveLength(3 + 2)
    const surface = await drawn.get('surface')!({})
    expect(surface.match(/<path d="M[^"]*z"/g)).toHaveLength(2 * 36 * 36)
    const box = [
      [0, 1],
      [0, 1],
      [0, 1],
    ] as const
    const F = await approximate((x, y, z) => x + y * z, { domain: box, neurons: 1, steps: 0 })
    await expect(approximationSvg(F)).rejects.toThrow(/one or two numbers/)
  })
})

describe('formulas in pictures', () => {
  test('have sub- and superscripts, signs and letters', () => {
    expect(formulaLine('w_{z1_2}^{2}')).toEqual([
      { text: 'w', level: 0 },
      { text: 'z1', level: -1 },
      { text: '2', level: -2 },
      { text: '2', level: 1 },
    ])
    expect(plainText('\\frac{\\partial \\mathscr{L}}{\\partial A_{1}} \\odot \\left(1 - A_{1}\\right)')).toBe(
      '∂ L/∂ A_1 ⊙ (1 − A_1)',
    )
    expect(plainText('\\frac{a + b}{c}')).toBe('(a + b)/c')
    expect(plainText('\\sqrt{x}')).toBe('√(x)')
    expect(plainText('W^{\\top}')).toBe('W^T')
  })

  test('are broken before a sum goes on', () => {
    const lines = wrapLine(formulaLine('z = a_{1} \\cdot b_{1} + a_{2} \\cdot b_{2} + c'), 13, 90)
    expect(lines.map((line) => line.map(({ text }) => text).join(''))).toEqual(['z = a1 · b1', '+ a2 · b2 + c'])
    for (const line of lines) expect(lineWidth(line, 13)).toBeLessThanOrEqual(90)
  })
})

test('docs/images has the pictures of examples/pictures.ts', async () => {
  for (const [name, svg] of Object.entries(await pictures()))
    expect(readFileSync(new URL(`../../../docs/images/${name}`, import.meta.url), 'utf8'), name).toBe(svg)
})
