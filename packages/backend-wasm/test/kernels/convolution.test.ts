import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, gemmScratch, mostScratch } from './support/call.js'
import { numbers } from './support/numbers.js'
import { eachPlace, windows, type Windows } from './support/windows.js'

type Floats = Float32Array | Float64Array

interface Convolution extends Windows {
  readonly outChannels: number
}

const convolution = fc
  .tuple(windows, fc.integer({ min: 1, max: 9 }))
  .map(([w, outChannels]): Convolution => ({ ...w, outChannels }))

const sizes = (c: Convolution): { image: number; filter: number; output: number } => ({
  image: c.n * c.height * c.width * c.channels,
  filter: c.kh * c.kw * c.channels * c.outChannels,
  output: c.n * c.oh * c.ow * c.outChannels,
})

type Part = 'image' | 'filter' | 'output'

/** Each product of an element of one part and one of another, added to an element of the third; and the sums of their magnitudes. */
function exact(c: Convolution, x: Record<Part, Floats>, sum: Part): [totals: Float64Array, magnitudes: Float64Array] {
  const totals = new Float64Array(x[sum].length)
  const magnitudes = totals.slice()
  eachPlace(c, (window, pixel, place) => {
    for (let i = 0; i < c.channels; i++) {
      for (let o = 0; o < c.outChannels; o++) {
        const at = {
          image: pixel * c.channels + i,
          filter: (place * c.channels + i) * c.outChannels + o,
          output: window * c.outChannels + o,
        }
        const product = (['image', 'filter', 'output'] as const).reduce(
          (total, part) => (part === sum ? total : total * x[part][at[part]]!),
          1,
        )
        totals[at[sum]]! += product
        magnitudes[at[sum]]! += Math.abs(product)
      }
    }
  })
  return [totals, magnitudes]
}

const KERNELS = [
  ['conv2d', 'output', 'image', 'filter'],
  ['conv2dInputGradient', 'image', 'output', 'filter'],
  ['conv2dFilterGradient', 'filter', 'image', 'output'],
] as const

function expectConvolution(c: Convolution, wide: boolean): void {
  const array = (length: number, seed: number): Floats =>
    (wide ? Float64Array : Float32Array).from(numbers(length, seed))
  const { image, filter, output } = sizes(c)
  const x = { image: array(image, 1), filter: array(filter, 2), output: array(output, 3) }
  const geometry = [c.n, c.height, c.width, c.channels, c.kh, c.kw, c.outChannels, c.oh, c.ow]
  const strides = [c.strideH, c.strideW, c.padTop, c.padLeft]
  for (const [name, sum, a, b] of KERNELS) {
    const out = array(x[sum].length, 0)
    const [windows, size] = [c.n * c.oh * c.ow, c.kh * c.kw * c.channels]
    const scratch = {
      conv2d: gemmScratch(windows, c.outChannels, size),
      conv2dFilterGradient: gemmScratch(size, c.outChannels, windows),
      conv2dInputGradient: mostScratch,
    }[name]
    const part = name === 'conv2dFilterGradient' ? [0, size] : []
    call(`${name}_${wide ? 'f64' : 'f32'}`, out, x[a], x[b], ...geometry, ...strides, ...part, scratch)
    const [totals, magnitudes] = exact(c, x, sum)
    // The contract's bound, for the few hundred products there are here.
    const bound = 256 * (wide ? 2 ** -53 : 2 ** -24)
    const wrong = out.findIndex((value, i) => !(Math.abs(value - totals[i]!) <= bound * magnitudes[i]!))
    if (wrong >= 0) expect.fail(`${name}: [${wrong}] is ${out[wrong]}, expected ${totals[wrong]}`)
    if (wide || name !== 'conv2dFilterGradient' || size < 16) continue
    // As a thread takes some elements of the windows: the same bits.
    const first = 8 * (size >> 4)
    const some = new Float32Array((size - first) * c.outChannels)
    call(`${name}_f32`, some, x[a], x[b], ...geometry, ...strides, first, size - first, scratch)
    expect(some).toEqual(out.subarray(first * c.outChannels))
  }
}

describe('conv2d and its gradients', () => {
  it('are sums over windows, for every geometry', () => {
    fc.assert(fc.property(convolution, fc.boolean(), expectConvolution), { numRuns: 300 })
  })

  it.each([
    ['images of one channel', { n: 5, height: 28, width: 28, channels: 1, kh: 3, kw: 3, outChannels: 8 }],
    [
      'more channels than a block has products',
      { n: 1, height: 5, width: 4, channels: 300, kh: 3, kw: 2, outChannels: 20 },
    ],
    ['more windows than a block has rows', { n: 2, height: 31, width: 17, channels: 4, kh: 3, kw: 3, outChannels: 8 }],
  ])('go beyond blocks: %s', (_, c) => {
    const same = { oh: c.height, ow: c.width, strideH: 1, strideW: 1, padTop: 1, padLeft: c.kw >> 1 }
    expectConvolution({ ...c, ...same, ow: c.width + 2 * (c.kw >> 1) - c.kw + 1 }, false)
    expectConvolution(
      {
        ...c,
        ...same,
        strideH: 2,
        strideW: 2,
        oh: (c.height + 1) >> 1,
        ow: Math.floor((c.width + 2 * (c.kw >> 1) - c.kw) / 2) + 1,
      },
      false,
    )
  })
})
