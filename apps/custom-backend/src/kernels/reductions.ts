import { sizeOf, stridesOf, type Kernel, type Kernels } from '@neurite/core'
import { reader, unravel } from '../indexing.js'
import { larger, smaller } from '../order.js'
import { fill, numbersOf, type Stored } from '../storage.js'

/** Folds the named axes, from a start that is right for nothing at all. */
function reduce(start: number, step: (total: number, value: number) => number): Kernel<'sum', Stored> {
  return ([x], { axes }, output) => {
    const totals = new Float64Array(sizeOf(output.shape)).fill(start)
    const strides = stridesOf(x!.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)))
    numbersOf(x!).forEach((value, flat) => {
      const index = unravel(flat, x!.shape)
      const place = index.reduce((sum, n, axis) => sum + (axes.includes(axis) ? 0 : n * strides[axis]!), 0)
      totals[place] = step(totals[place]!, value)
    })
    return fill(output, (flat) => totals[flat]!)
  }
}

/** Where along an axis the winner stands: the first of equals. */
function extremeIndex(beats: (a: number, b: number) => boolean): Kernel<'argMax', Stored> {
  return ([x], { axis }, output) => {
    const read = reader(x!)
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      const at = (k: number): number => read([...index.slice(0, axis), k, ...index.slice(axis)])
      let best = 0
      for (let k = 1; k < x!.shape[axis]!; k++) if (beats(at(k), at(best))) best = k
      return best
    })
  }
}

export const reductionKernels = {
  sum: reduce(0, (total, value) => total + value),
  max: reduce(-Infinity, (best, value) => (larger(value, best) ? value : best)),
  min: reduce(Infinity, (best, value) => (smaller(value, best) ? value : best)),
  argMax: extremeIndex(larger),
  argMin: extremeIndex(smaller),
  topKIndices: ([x], { k }, output) => {
    const data = numbersOf(x!)
    const columns = x!.shape.at(-1)!
    const ranking = (row: number): number[] =>
      Array.from({ length: columns }, (_, i) => i).sort((i, j) => {
        const [a, b] = [data[row * columns + i]!, data[row * columns + j]!]
        return larger(a, b) ? -1 : larger(b, a) ? 1 : i - j
      })
    return fill(output, (flat) => ranking(Math.floor(flat / k))[flat % k]!)
  },
  cumsum: ([x], { axis, reverse }, output) => {
    const extent = output.shape[axis]!
    const step = stridesOf(output.shape)[axis]!
    const sums = Float64Array.from(numbersOf(x!))
    const addNeighbour = (flat: number, neighbour: number): void => {
      const k = (Math.floor(flat / step) % extent) + neighbour
      if (k >= 0 && k < extent) sums[flat]! += sums[flat + neighbour * step]!
    }
    if (reverse) for (let flat = sums.length - 1; flat >= 0; flat--) addNeighbour(flat, 1)
    else for (let flat = 0; flat < sums.length; flat++) addNeighbour(flat, -1)
    return fill(output, (flat) => sums[flat]!)
  },
} satisfies Partial<Kernels<Stored>>
