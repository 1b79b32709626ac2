import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(resolve(import.meta.dirname, '../src/theme/tokens.css'), 'utf8')

type Rgb = readonly [red: number, green: number, blue: number]

function palette(theme: 'light' | 'dark'): (name: string) => Rgb {
  const block = css.slice(css.indexOf(`[data-theme='${theme}']`))
  return (name) => {
    const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(block)![1]!
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number]
  }
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** WCAG 2.2, relative luminance and contrast. */
const luminance = ([r, g, b]: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Linear RGB as the colour-blind see it, at full severity: Machado, Oliveira & Fernandes 2009. */
const KINDS = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const

/** CIE L*a*b* under D65. */
function lab(rgb: Rgb, kind: keyof typeof KINDS): Rgb {
  const m = KINDS[kind]
  const v = rgb.map(linear) as [number, number, number]
  const [r, g, b] = [0, 3, 6].map((i) => m[i]! * v[0] + m[i + 1]! * v[1] + m[i + 2]! * v[2]) as [number, number, number]
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ]
  const [x, y, z] = xyz.map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as [number, number, number]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colour = palette(theme)
  const grounds = ['paper', 'sheet'].map(colour)

  test.each(['ink', 'soft'])('%s reads at 7:1', (name) => {
    for (const ground of grounds) expect(contrast(colour(name), ground)).toBeGreaterThanOrEqual(7)
  })

  test.each(['accent', 'positive', 'negative', 'back', 'class-2', 'class-3', 'class-4'])(
    '%s reads at 4.5:1',
    (name) => {
      for (const ground of grounds) expect(contrast(colour(name), ground)).toBeGreaterThanOrEqual(4.5)
    },
  )

  test('what is written on the accent reads at 4.5:1', () => {
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5)
  })

  test('edges of what can be touched stand out at 3:1', () => {
    expect(contrast(colour('edge'), colour('paper'))).toBeGreaterThanOrEqual(3)
  })

  test.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
    'positive, negative and the way back differ under %s',
    (kind) => {
      const [positive, negative, back] = ['positive', 'negative', 'back'].map((name) => lab(colour(name), kind)) as [
        Rgb,
        Rgb,
        Rgb,
      ]
      const [blue, orange] = ['blue-fill', 'orange-fill'].map((name) => lab(colour(name), kind)) as [Rgb, Rgb]
      expect(distance(positive, negative)).toBeGreaterThan(25)
      expect(distance(blue, orange)).toBeGreaterThan(25)
      expect(distance(negative, back)).toBeGreaterThan(25)
      // Blue and violet are kin; what goes back is also told by its direction and its dashes.
      expect(distance(positive, back)).toBeGreaterThan(10)
    },
  )
})
