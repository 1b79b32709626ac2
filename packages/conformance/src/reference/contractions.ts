import type { PrimitiveParams } from '@neurite/core'
import { broadcastShape } from './elementwise.js'
import { accumulate, at, build, flatten, indicesOf, type HostArray } from './host.js'

function matmul([a, b]: readonly HostArray[], { transposeA, transposeB }: PrimitiveParams['matmul']): HostArray {
  const [m, k] = transposeA ? [a!.shape.at(-1)!, a!.shape.at(-2)!] : [a!.shape.at(-2)!, a!.shape.at(-1)!]
  const n = b!.shape.at(transposeB ? -2 : -1)!
  const batch = broadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2))
  const matrices = new Map<string, { p: MatrixReader; q: MatrixReader }>()
  return build([...batch, m, n], a!.dtype, (index) => {
    const lead = index.slice(0, -2)
    const [i, j] = index.slice(-2) as [number, number]
    const readers = matrices.get(String(lead)) ?? {
      p: matrixOf(a!, lead, transposeA),
      q: matrixOf(b!, lead, transposeB),
    }
    matrices.set(String(lead), readers)
    let total = 0
    for (let t = 0; t < k; t++) total += readers.p(i, t) * readers.q(t, j)
    return total
  })
}

type MatrixReader = (row: number, column: number) => number

/** The matrix that stands at an index of the broadcast leading axes. */
function matrixOf({ shape, data }: HostArray, lead: readonly number[], transposed: boolean): MatrixReader {
  const own = shape.slice(0, -2)
  const [rows, columns] = shape.slice(-2) as [number, number]
  const place = lead.slice(lead.length - own.length).map((i, axis) => (own[axis] === 1 ? 0 : i))
  const start = flatten(place, own) * rows * columns
  return transposed
    ? (row, column) => data[start + column * columns + row]!
    : (row, column) => data[start + row * columns + column]!
}

type Sliding = PrimitiveParams['conv2d']

/** For one output place, every place of the window that lies inside the image. */
function insideWindow(
  outY: number,
  outX: number,
  window: readonly number[],
  image: readonly number[],
  { strides, padding }: Sliding,
) {
  return indicesOf(window).flatMap(([windowY, windowX]) => {
    const y = outY * strides[0] + windowY! - padding[0][0]
    const x = outX * strides[1] + windowX! - padding[1][0]
    return y >= 0 && y < image[1]! && x >= 0 && x < image[2]! ? [{ windowY: windowY!, windowX: windowX!, y, x }] : []
  })
}

/** How many places a sliding window has along both axes. */
function slidden(image: readonly number[], window: readonly number[], { strides, padding }: Sliding): [number, number] {
  const along = (axis: 0 | 1): number => {
    const padded = image[axis + 1]! + padding[axis][0] + padding[axis][1]
    let places = 0
    for (let start = 0; start + window[axis]! <= padded; start += strides[axis]) places++
    return places
  }
  return [along(0), along(1)]
}

/** Every product of a convolution: which element of the image, of the filter and of the output belong together. */
function products(
  image: readonly number[],
  filter: readonly number[],
  outer: readonly number[],
  params: Sliding,
  visit: (x: number[], f: number[], y: number[]) => void,
): void {
  for (const [n, outY, outX, out] of indicesOf(outer)) {
    for (const { windowY, windowX, y, x } of insideWindow(outY!, outX!, filter.slice(0, 2), image, params)) {
      for (let channel = 0; channel < filter[2]!; channel++)
        visit([n!, y, x, channel], [windowY, windowX, channel, out!], [n!, outY!, outX!, out!])
    }
  }
}

function conv2d([image, filter]: readonly HostArray[], params: PrimitiveParams['conv2d']): HostArray {
  const outer = [image!.shape[0]!, ...slidden(image!.shape, filter!.shape, params), filter!.shape[3]!]
  return accumulate(outer, image!.dtype, (add) =>
    products(image!.shape, filter!.shape, outer, params, (x, f, y) => add(y, at(image!, x) * at(filter!, f))),
  )
}

function conv2dInputGradient(
  [upstream, filter]: readonly HostArray[],
  params: PrimitiveParams['conv2dInputGradient'],
): HostArray {
  return accumulate(params.inputShape, upstream!.dtype, (add) =>
    products(params.inputShape, filter!.shape, upstream!.shape, params, (x, f, y) =>
      add(x, at(upstream!, y) * at(filter!, f)),
    ),
  )
}

function conv2dFilterGradient(
  [image, upstream]: readonly HostArray[],
  params: PrimitiveParams['conv2dFilterGradient'],
): HostArray {
  return accumulate(params.filterShape, image!.dtype, (add) =>
    products(image!.shape, params.filterShape, upstream!.shape, params, (x, f, y) =>
      add(f, at(image!, x) * at(upstream!, y)),
    ),
  )
}

type PoolParams = PrimitiveParams['maxPool2d']

/** Where, for each output place, the window's first maximum lies in the image. NaN counts as the largest. */
function winner(image: HostArray, [n, outY, outX, channel]: readonly number[], params: PoolParams): number[] {
  let best: number[] | undefined
  for (const { y, x } of insideWindow(outY!, outX!, params.window, image.shape, params)) {
    const here = [n!, y, x, channel!]
    if (best === undefined) best = here
    else if (!Number.isNaN(at(image, best)) && (Number.isNaN(at(image, here)) || at(image, here) > at(image, best)))
      best = here
  }
  return best!
}

function pooledShape(image: HostArray, params: PoolParams): number[] {
  return [image.shape[0]!, ...slidden(image.shape, params.window, params), image.shape[3]!]
}

function maxPool2d([image]: readonly HostArray[], params: PoolParams): HostArray {
  return build(pooledShape(image!, params), image!.dtype, (index) => at(image!, winner(image!, index, params)))
}

function maxPool2dGradient([image, upstream]: readonly HostArray[], params: PoolParams): HostArray {
  return accumulate(image!.shape, image!.dtype, (add) => {
    for (const index of indicesOf(upstream!.shape)) add(winner(image!, index, params), at(upstream!, index))
  })
}

function maxPool2dPick([image, values]: readonly HostArray[], params: PoolParams): HostArray {
  return build(pooledShape(image!, params), image!.dtype, (index) => at(values!, winner(image!, index, params)))
}

function avgPool2d([image]: readonly HostArray[], params: PoolParams): HostArray {
  return build(pooledShape(image!, params), image!.dtype, ([n, outY, outX, channel]) => {
    const places = insideWindow(outY!, outX!, params.window, image!.shape, params)
    return places.reduce((total, { y, x }) => total + at(image!, [n!, y, x, channel!]), 0) / places.length
  })
}

function avgPool2dGradient([upstream]: readonly HostArray[], params: PrimitiveParams['avgPool2dGradient']): HostArray {
  return accumulate(params.inputShape, upstream!.dtype, (add) => {
    for (const index of indicesOf(upstream!.shape)) {
      const [n, outY, outX, channel] = index
      const places = insideWindow(outY!, outX!, params.window, params.inputShape, params)
      for (const { y, x } of places) add([n!, y, x, channel!], at(upstream!, index) / places.length)
    }
  })
}

export const contractions = {
  matmul,
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dPick,
  avgPool2d,
  avgPool2dGradient,
}
