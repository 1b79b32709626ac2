import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KINDS } from './support/arrays.js'
import { call } from './support/call.js'
import { eachPlace, windows, type Windows } from './support/windows.js'

const larger = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b))

const geometry = (w: Windows): number[] => [
  ...[w.n, w.height, w.width, w.channels, w.kh, w.kw, w.oh, w.ow, w.strideH, w.strideW, w.padTop, w.padLeft],
]

/** For each window and channel, where in the image its places are, in order. */
function places(w: Windows): number[][] {
  const each: number[][] = Array.from({ length: w.n * w.oh * w.ow * w.channels }, () => [])
  eachPlace(w, (window, pixel) => {
    for (let c = 0; c < w.channels; c++) each[window * w.channels + c]!.push(pixel * w.channels + c)
  })
  return each
}

describe.each(KINDS.filter(({ suffix }) => suffix !== 'i32'))('pooling, $suffix', ({ suffix, from, value }) => {
  // Whole numbers have sums and means that do not depend on the order.
  const images = windows.chain((w) => {
    const size = w.n * w.height * w.width * w.channels
    return fc.tuple(
      fc.constant(w),
      fc.array(fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }) }, value), {
        minLength: size,
        maxLength: size,
      }),
      fc.array(fc.integer({ min: -64, max: 64 }), { minLength: size, maxLength: size }),
    )
  })
  const whole = (length: number): number[] => Array.from({ length }, (_, i) => ((i * 37) % 129) - 64)
  const zeros = (length: number): number[] => new Array<number>(length).fill(0)

  it('takes the first maximum, NaN above all, and sends its gradient there', () => {
    fc.assert(
      fc.property(images, ([w, elements, others]) => {
        const image = from(elements)
        const winners = places(w).map((each) =>
          each.reduce((best, at) => (larger(image[at]!, image[best]!) ? at : best)),
        )
        const values = from(others)
        const upstream = from(whole(winners.length))
        const sizes = geometry(w)
        const pooled = call(`maxPool2d_${suffix}`, from(zeros(winners.length)), image, ...sizes)
        expect(pooled).toEqual(from(winners.map((at) => image[at]!)))
        const picked = call(`maxPool2dPick_${suffix}`, from(zeros(winners.length)), image, values, ...sizes)
        expect(picked).toEqual(from(winners.map((at) => values[at]!)))
        const gradient = call(`maxPool2dGradient_${suffix}`, from(elements), image, upstream, ...sizes)
        const wanted = from(zeros(image.length))
        winners.forEach((at, i) => (wanted[at]! += upstream[i]!))
        expect(gradient).toEqual(wanted)
      }),
    )
  })

  it('takes the mean of what is inside the image, and sends equal shares back', () => {
    fc.assert(
      fc.property(images, ([w, , elements]) => {
        const image = from(elements)
        const each = places(w)
        const sizes = geometry(w)
        const mean = call(`avgPool2d_${suffix}`, from(zeros(each.length)), image, ...sizes)
        expect(mean).toEqual(from(each.map((list) => list.reduce((total, at) => total + image[at]!, 0) / list.length)))
        const upstream = from(whole(each.length))
        const gradient = call(`avgPool2dGradient_${suffix}`, from(elements), upstream, ...sizes)
        const wanted = new Float64Array(image.length)
        each.forEach((list, i) => list.forEach((at) => (wanted[at]! += upstream[i]! / list.length)))
        gradient.forEach((got, at) => expect(got).toBeCloseTo(wanted[at]!, 3))
      }),
    )
  })

  it('has no maximum of an image without pixels', () => {
    const sizes = [1, 0, 3, 2, 2, 2, 1, 2, 1, 1, 1, 0]
    const nothing = from([])
    expect([...call(`maxPool2d_${suffix}`, from(zeros(4)), nothing, ...sizes)]).toEqual([NaN, NaN, NaN, NaN])
    expect([...call(`avgPool2d_${suffix}`, from(zeros(4)), nothing, ...sizes)]).toEqual([NaN, NaN, NaN, NaN])
    call(`maxPool2dGradient_${suffix}`, nothing, nothing, from(zeros(4)), ...sizes)
    call(`avgPool2dGradient_${suffix}`, nothing, from(zeros(4)), ...sizes)
  })
})
