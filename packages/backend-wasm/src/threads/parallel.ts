import type { Memory } from '../memory/memory.js'
import type { Control } from './control.js'

type Kernel = (...args: number[]) => void

/** By name, as a module exports them. */
export type Kernels = Readonly<Record<string, unknown>>

/** How a kernel's work is cut: along rows of the result, which are computed alone, so that their bits do not depend on the cut. */
interface Cut {
  /** How many rows there are, of which `unit` stay together, and what one costs, in multiplications. */
  readonly rows: number
  readonly unit: number
  readonly cost: number
  /** A share has so many rows at least: the kernel would compute fewer of them otherwise. */
  readonly least?: number
  /** The arguments for `count` rows from `first` on, computed in this scratch memory. */
  readonly part: (first: number, count: number, scratch: number) => number[]
}

/** Multiplications below which waking threads costs more than it saves. */
const WORTHWHILE = 2 ** 19

/** What an element of a window costs where nothing is multiplied, in multiplications. */
const POOLED = 4

const product = ([out, a, b, m, n, k, aRow, ...strides]: readonly number[]): Cut => ({
  rows: m!,
  unit: 8,
  least: 4,
  cost: n! * k!,
  part: (first, count, scratch) => [
    ...[out! + 4 * first * n!, a! + 4 * first * aRow!, b!, count, n!, k!, aRow!, ...strides.slice(0, 3), scratch],
  ],
})

/** Both convolutions that make images: `made` and `read` are elements of one image of each. */
const images =
  (isForward: boolean) =>
  ([out, from, filter, n, height, width, channels, kh, kw, outChannels, oh, ow, ...rest]: readonly number[]): Cut => {
    const image = height! * width! * channels!
    const pooled = oh! * ow! * outChannels!
    const [made, read] = isForward ? [pooled, image] : [image, pooled]
    return {
      rows: n!,
      unit: 1,
      cost: pooled * kh! * kw! * channels!,
      part: (first, count, scratch) => [
        ...[out! + 4 * first * made, from! + 4 * first * read, filter!, count, height!, width!, channels!],
        ...[kh!, kw!, outChannels!, oh!, ow!, ...rest.slice(0, 4), scratch],
      ],
    }
  }

/** The filter's gradient: rows are elements of the window, for which the kernel goes through all images. */
const filters = (args: readonly number[]): Cut => {
  const [out, image, upstream, n, height, width, channels, kh, kw, outChannels, oh, ow, ...rest] = args
  const numbers = [n!, height!, width!, channels!, kh!, kw!, outChannels!, oh!, ow!, ...rest.slice(0, 4)]
  return {
    rows: kh! * kw! * channels!,
    unit: 8,
    cost: n! * oh! * ow! * outChannels!,
    part: (first, count, scratch) => [
      ...[out! + 4 * first * outChannels!, image!, upstream!, ...numbers, first, count, scratch],
    ],
  }
}

/** Pooling, by images: an image and what it is pooled to, of which `sizes` says for each pointer which one it is. */
const pools =
  (...sizes: readonly ('image' | 'pooled')[]) =>
  (args: readonly number[]): Cut => {
    const pointers = args.slice(0, sizes.length)
    const [n, height, width, channels, windowH, windowW, oh, ow, ...rest] = args.slice(sizes.length)
    const elements = { image: height! * width! * channels!, pooled: oh! * ow! * channels! }
    return {
      rows: n!,
      unit: 1,
      cost: POOLED * elements.pooled * windowH! * windowW!,
      part: (first, count) => [
        ...pointers.map((pointer, i) => pointer + 4 * first * elements[sizes[i]!]),
        ...[count, height!, width!, channels!, windowH!, windowW!, oh!, ow!, ...rest],
      ],
    }
  }

const CUTS: Readonly<Record<string, (args: readonly number[]) => Cut>> = {
  matmul_f32: product,
  conv2d_f32: /* @__PURE__ */ images(true),
  conv2dInputGradient_f32: /* @__PURE__ */ images(false),
  conv2dFilterGradient_f32: filters,
  maxPool2d_f32: /* @__PURE__ */ pools('pooled', 'image'),
  maxPool2dPick_f32: /* @__PURE__ */ pools('pooled', 'image', 'image'),
  maxPool2dGradient_f32: /* @__PURE__ */ pools('image', 'image', 'pooled'),
  avgPool2d_f32: /* @__PURE__ */ pools('pooled', 'image'),
  avgPool2dGradient_f32: /* @__PURE__ */ pools('image', 'pooled'),
}

/**
 * The kernels, with large products, convolutions and poolings cut into shares for the threads.
 *
 * @param numbers - under which threads know the kernels
 * @param scratchBytes - that each thread needs
 */
export function parallel(
  kernels: Kernels,
  numbers: ReadonlyMap<string, number>,
  control: Control,
  memory: Memory,
  scratchBytes: number,
): Kernels {
  const scratch = Array.from({ length: control.threads }, () => memory.heap.allocate(scratchBytes).address)
  const shared = Object.entries(CUTS).map(([name, cutOf]) => {
    const kernel = kernels[name] as Kernel
    const index = numbers.get(name)!
    const run = (...args: number[]): void => {
      const { rows, unit, cost, least = 1, part } = cutOf(args.map((value) => value >>> 0))
      const shares = Math.min(control.threads + 1, Math.floor(rows / unit))
      if (shares < 2 || rows * cost < WORTHWHILE) return kernel(...args)
      let size = Math.ceil(rows / unit / shares) * unit
      while (rows % size > 0 && rows % size < least) size += unit
      const calls = scratch.slice(0, shares - 1).flatMap((own, i) => {
        const first = (i + 1) * size
        const count = Math.min(size, rows - first)
        return count > 0 ? [{ function: index, args: part(first, count, own) }] : []
      })
      control.run(calls, () => kernel(...part(0, Math.min(size, rows), args[args.length - 1]!)))
    }
    return [name, run] as const
  })
  return { ...kernels, ...Object.fromEntries(shared) }
}
