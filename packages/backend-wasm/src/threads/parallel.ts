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
  /** The arguments for `count` rows from `first` on, but the scratch memory, which comes last. */
  readonly part: (first: number, count: number) => number[]
}

/** Multiplications below which waking threads costs more than it saves. */
const WORTHWHILE = 2 ** 19

const product = ([out, a, b, m, n, k, aRow, ...strides]: readonly number[]): Cut => ({
  rows: m!,
  unit: 8,
  least: 4,
  cost: n! * k!,
  part: (first, count) => [out! + 4 * first * n!, a! + 4 * first * aRow!, b!, count, n!, k!, aRow!, ...strides],
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
      part: (first, count) => [
        ...[out! + 4 * first * made, from! + 4 * first * read, filter!, count, height!, width!, channels!],
        ...[kh!, kw!, outChannels!, oh!, ow!, ...rest],
      ],
    }
  }

const CUTS: Readonly<Record<string, (args: readonly number[]) => Cut>> = {
  matmul_f32: product,
  conv2d_f32: /* @__PURE__ */ images(true),
  conv2dInputGradient_f32: /* @__PURE__ */ images(false),
}

/**
 * The kernels, with large products and convolutions cut into shares for the threads.
 *
 * @param names - of the kernels, in the order in which threads know them
 * @param scratchBytes - that each thread needs
 */
export function parallel(
  kernels: Kernels,
  names: readonly string[],
  control: Control,
  memory: Memory,
  scratchBytes: number,
): Kernels {
  const scratch = Array.from({ length: control.threads }, () => memory.heap.allocate(scratchBytes).address)
  const shared = Object.entries(CUTS).map(([name, cutOf]) => {
    const kernel = kernels[name] as Kernel
    const index = names.indexOf(name)
    const run = (...args: number[]): void => {
      const here = args.pop()!
      const { rows, unit, cost, least = 1, part } = cutOf(args.map((value) => value >>> 0))
      const shares = Math.min(control.threads + 1, Math.floor(rows / unit))
      if (shares < 2 || rows * cost < WORTHWHILE) return kernel(...args, here)
      let size = Math.ceil(rows / unit / shares) * unit
      while (rows % size > 0 && rows % size < least) size += unit
      const calls = scratch.slice(0, shares - 1).flatMap((own, i) => {
        const first = (i + 1) * size
        const count = Math.min(size, rows - first)
        return count > 0 ? [{ kernel: index, args: [...part(first, count), own] }] : []
      })
      control.run(calls, () => kernel(...part(0, Math.min(size, rows)), here))
    }
    return [name, run] as const
  })
  return { ...kernels, ...Object.fromEntries(shared) }
}
