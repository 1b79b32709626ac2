import { stridesOf, type Kernels } from '@neurite/core'
import { moved, reader, unravel } from '../indexing.js'
import { fill, numbersOf, type Stored } from '../storage.js'
import { accumulate } from './windows.js'

export const movementKernels = {
  transpose: ([x], { axes }, output) => {
    const read = reader(x!)
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      return read(x!.shape.map((_, axis) => index[axes.indexOf(axis)]!))
    })
  },
  broadcastTo: ([x], _params, output) => {
    const read = reader(x!)
    return fill(output, (flat) => read(unravel(flat, output.shape)))
  },
  concat: (inputs, { axis }, output) => {
    const parts = inputs.map((input) => ({ read: reader(input), extent: input.shape[axis]! }))
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      let at = index[axis]!
      for (const { read, extent } of parts) {
        if (at < extent) return read(moved(index, axis, at))
        at -= extent
      }
      throw new RangeError('beyond the last part')
    })
  },
  pad: ([x], { paddings, value }, output) => {
    const read = reader(x!)
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape).map((n, axis) => n - paddings[axis]![0])
      return index.every((n, axis) => n >= 0 && n < x!.shape[axis]!) ? read(index) : value
    })
  },
  slice: ([x], { begin }, output) => {
    const read = reader(x!)
    return fill(output, (flat) => read(unravel(flat, output.shape).map((n, axis) => n + begin[axis]!)))
  },
  gather: ([x, indices], { axis }, output) => {
    const read = reader(x!)
    const pick = reader(indices!)
    const rank = indices!.shape.length
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      const k = pick(index.slice(axis, axis + rank))
      return k < 0 || k >= x!.shape[axis]! ? 0 : read([...index.slice(0, axis), k, ...index.slice(axis + rank)])
    })
  },
  scatterAdd: ([updates, indices], { axis, extent, indexRank }, output) => {
    const pick = reader(indices!)
    const strides = stridesOf(output.shape)
    return accumulate(output, (sums) => {
      numbersOf(updates!).forEach((value, flat) => {
        const index = unravel(flat, updates!.shape)
        const k = pick(index.slice(axis, axis + indexRank))
        if (k < 0 || k >= extent) return
        const place = [...index.slice(0, axis), k, ...index.slice(axis + indexRank)]
        sums[place.reduce((sum, n, i) => sum + n * strides[i]!, 0)]! += value
      })
    })
  },
} satisfies Partial<Kernels<Stored>>
