import type { KernelParams, TypedArray } from '@neurite/core'
import { gemm, packMatrix, type Pack } from './matmul/gemm.js'
import type { Planner } from './plan.js'

type Four = [number, number, number, number]

/** Where windows lie in an image [n, height, width, channels]. */
interface Windows {
  readonly image: readonly number[]
  /** How many windows there are in each image, down and across. */
  readonly rows: number
  readonly columns: number
  readonly window: readonly [number, number]
  /** The image row that place ky of the windows in a row reads, and the column likewise; a zero where there is none. */
  readonly y: (row: number, ky: number) => number
  readonly x: (column: number, kx: number) => number
}

function windowsOf(
  image: readonly number[],
  outer: readonly number[],
  filter: readonly number[],
  { strides, padding }: KernelParams<'conv2d'>,
): Windows {
  return {
    image,
    rows: outer[1]!,
    columns: outer[2]!,
    window: [filter[0]!, filter[1]!],
    y: (row, ky) => row * strides[0] - padding[0][0] + ky,
    x: (column, kx) => column * strides[1] - padding[1][0] + kx,
  }
}

/**
 * The matrix whose row i is what window i covers, [windows, kh * kw * channels] (Chellapilla et al. 2006), is never
 * built: element (i, e) of it lies at bases[i] + steps[e], unless window i leaves the image.
 */
interface Patches {
  /** Packs windows as rows. */
  readonly rows: (x: TypedArray) => Pack
  /** Packs the transpose. */
  readonly columns: (x: TypedArray) => Pack
}

function planPatches({ image, rows, columns, window: [kh, kw], x, y }: Windows): Patches {
  const [, height, width, channels] = image as Four
  const table = (
    count: number,
    places: number,
    limit: number,
    step: number,
    at: (i: number, k: number) => number,
  ): Int32Array =>
    Int32Array.from({ length: count * places }, (_, i) => {
      const place = at(Math.floor(i / places), i % places)
      return Number.isInteger(place) && place >= 0 && place < limit ? place * step : OUTSIDE
    })
  const ys = table(rows, kh, height, width * channels, y)
  const xs = table(columns, kw, width, channels, x)
  const size = height * width * channels

  /** Calls back for each window in [first, first + count): where its image, its ys and its xs start. */
  const walk = (
    first: number,
    count: number,
    visit: (i: number, start: number, ky: number, kx: number) => void,
  ): void => {
    let column = first % columns
    let row = Math.floor(first / columns) % rows
    let start = Math.floor(first / (columns * rows)) * size
    for (let i = 0; i < count; i++) {
      visit(i, start, row * kh, column * kw)
      if (++column === columns) {
        column = 0
        if (++row === rows) {
          row = 0
          start += size
        }
      }
    }
  }

  return {
    rows: (from) => (lanes, row, count, depth, depths) =>
      walk(row, count, (i, start, ky, kx) => {
        const o = Math.floor(i / lanes.length) * depths
        packWindow(lanes[i % lanes.length]!, o, from, start, ys, ky, xs, kx, kw, channels, depth, depths)
      }),
    columns: (from) => (lanes, row, count, depth, depths) => {
      for (let i = 0; i < count; i++) {
        const lane = lanes[i % lanes.length]!
        const o = Math.floor(i / lanes.length) * depths
        const channel = (row + i) % channels
        const place = Math.floor((row + i) / channels)
        const dy = Math.floor(place / kw)
        const dx = place % kw
        walk(depth, depths, (k, start, ky, kx) => {
          const at = ys[ky + dy]! + xs[kx + dx]!
          lane[o + k] = at < 0 ? 0 : from[start + at + channel]!
        })
      }
    },
  }
}

/** So far below zero that no other offset brings it back. */
const OUTSIDE = -(2 ** 30)

/** Elements [depth, depth + depths) of one window. */
function packWindow(
  lane: Float64Array,
  o: number,
  x: TypedArray,
  start: number,
  ys: Int32Array,
  ky: number,
  xs: Int32Array,
  kx: number,
  kw: number,
  channels: number,
  depth: number,
  depths: number,
): void {
  const end = o + depths
  const place = Math.floor(depth / channels)
  let channel = depth % channels
  let dy = Math.floor(place / kw)
  for (let dx = place % kw; o < end; dx++, channel = 0) {
    if (dx === kw) {
      dx = 0
      dy++
    }
    const at = ys[ky + dy]! + xs[kx + dx]!
    const stop = Math.min(end, o + channels - channel)
    if (at < 0) while (o < stop) lane[o++] = 0
    else for (let p = start + at + channel; o < stop; o = (o + 1) | 0, p = (p + 1) | 0) lane[o] = x[p]!
  }
}

const conv2d: Planner<'conv2d'> = ([image, filter], params, { shape }) => {
  const [kh, kw, ins, outs] = filter!.shape as Four
  const [n, rows, columns] = shape as Four
  const patches = planPatches(windowsOf(image!.shape, shape, filter!.shape, params))
  return (out, x, w) => gemm(n * rows * columns, outs, kh * kw * ins, patches.rows(x), packColumns(w, outs), out, 0)
}

const conv2dFilterGradient: Planner<'conv2dFilterGradient'> = ([image, upstream], params, { shape }) => {
  const [kh, kw, ins, outs] = shape as Four
  const [n, rows, columns] = upstream!.shape as Four
  const patches = planPatches(windowsOf(image!.shape, upstream!.shape, shape, params))
  return (out, x, g) => gemm(kh * kw * ins, outs, n * rows * columns, patches.columns(x), packColumns(g, outs), out, 0)
}

/** Itself a convolution: of the upstream, spread out by the strides, with the filter turned around. */
const conv2dInputGradient: Planner<'conv2dInputGradient'> = ([upstream, filter], { strides, padding }, { shape }) => {
  const [kh, kw, ins, outs] = filter!.shape as Four
  const [n, rows, columns] = shape as Four
  const patches = planPatches({
    image: upstream!.shape,
    rows,
    columns,
    window: [kh, kw],
    y: (row, ky) => (row + padding[0][0] - ky) / strides[0],
    x: (column, kx) => (column + padding[1][0] - kx) / strides[1],
  })
  return (out, g, w) => {
    // Depth runs over (ky, kx, out), which in the filter [ky, kx, in, out] is not one stride.
    const packFilter: Pack = (lanes, row, count, depth, depths) => {
      for (let i = 0; i < count; i++) {
        const lane = lanes[i % lanes.length]!
        const o = Math.floor(i / lanes.length) * depths
        for (let k = 0; k < depths; k++) {
          const place = Math.floor((depth + k) / outs)
          lane[o + k] = w[(place * ins + row + i) * outs + depth + k - place * outs]!
        }
      }
    }
    gemm(n * rows * columns, ins, kh * kw * outs, patches.rows(g), packFilter, out, 0)
  }
}

/** The columns of a row-major matrix of n columns. */
function packColumns(x: TypedArray, n: number): Pack {
  return (lanes, row, rows, depth, depths) => packMatrix(x, 0, 1, n, lanes, row, rows, depth, depths)
}

export const convolutionPlanners = { conv2d, conv2dFilterGradient, conv2dInputGradient }
