import fc from 'fast-check'

/** Windows over images [n, height, width, channels], as the kernels take them. */
export interface Windows {
  readonly n: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly kh: number
  readonly kw: number
  readonly oh: number
  readonly ow: number
  readonly strideH: number
  readonly strideW: number
  readonly padTop: number
  readonly padLeft: number
}

const axis = fc
  .record({
    extent: fc.integer({ min: 1, max: 9 }),
    window: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.tuple(fc.nat(3), fc.nat(3)),
  })
  .map(({ extent, window, stride, padding }) => {
    // Padding below the window, as core asks for it.
    const [before, after] = padding.map((each) => Math.min(each, window - 1)) as [number, number]
    const count = Math.floor((extent + before + after - window) / stride) + 1
    return { extent, window, stride, before, count }
  })
  .filter(({ count }) => count >= 1)

export const windows: fc.Arbitrary<Windows> = fc
  .tuple(fc.nat(3), axis, axis, fc.integer({ min: 1, max: 9 }))
  .map(([n, y, x, channels]) => ({
    ...{ n, channels, height: y.extent, width: x.extent, kh: y.window, kw: x.window, oh: y.count, ow: x.count },
    ...{ strideH: y.stride, strideW: x.stride, padTop: y.before, padLeft: x.before },
  }))

/** Visits each place of each window that is inside the image: the window's and the pixel's number, and the place's. */
export function eachPlace(w: Windows, visit: (window: number, pixel: number, place: number) => void): void {
  for (let window = 0; window < w.n * w.oh * w.ow; window++) {
    const image = Math.floor(window / (w.oh * w.ow))
    const row = Math.floor(window / w.ow) % w.oh
    for (let place = 0; place < w.kh * w.kw; place++) {
      const y = row * w.strideH - w.padTop + Math.floor(place / w.kw)
      const x = (window % w.ow) * w.strideW - w.padLeft + (place % w.kw)
      if (y >= 0 && y < w.height && x >= 0 && x < w.width) visit(window, (image * w.height + y) * w.width + x, place)
    }
  }
}
