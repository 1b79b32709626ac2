import { binary, pad, slice, transpose } from './values.js'
import { countOf, type Device, type Value } from '../device.js'

// Long sums. Added up in float32 one after another, n terms lose up to n roundings; in blocks, the length of a block for each level.

/** Sums the middle one of [before, extent, after]. */
export function sumAlong(device: Device, x: Value, [before, extent, after]: readonly [number, number, number]): Value {
  const limit = device.traits.sumsUpTo
  let left = x
  let rest = extent
  const sumOf = (shape: number[]): Value =>
    device.run('Sum', { x: device.reshape(left, shape) }, { axis: [1], keepDims: false })
  while (rest > limit) {
    const block = blockOf(rest, limit)
    if (rest % block !== 0) {
      left = lengthened(device, device.reshape(left, [before, rest, after]), 1, block)
      rest = left.shape[1]!
    }
    rest /= block
    left = sumOf(after === 1 ? [before * rest, block] : [before * rest, block, after])
  }
  return device.reshape(sumOf(after === 1 ? [before, rest] : [before, rest, after]), [before, after])
}

/** How a long extent is cut: the largest divisor that is no longer than `limit`, if it is worth the while; or `limit`. */
export function blockOf(extent: number, limit: number): number {
  for (let block = limit; block >= limit / 4; block--) if (extent % block === 0) return block
  return limit
}

/** With zeros behind an axis, so that its extent is a multiple of `block`. */
export function lengthened(device: Device, x: Value, axis: number, block: number): Value {
  const missing = (block - (x.shape[axis]! % block)) % block
  return pad(
    device,
    x,
    x.shape.map((_, i) => [0, i === axis ? missing : 0] as const),
    0,
  )
}

/** A product of matrices of one batch each, with turns: what {@link longProduct} is made of. */
type Multiply = (a: Value, b: Value) => Value

/** Products in parts: of fewer results than this they are one batch, where a batch is no launch; or else one at a time. */
const SMALL = 1024

/**
 * A product of two [batch, rows, columns] with a long inner axis: the sum of the products of its parts. `a` and `b` have
 * the same batch.
 */
export function longProduct(
  device: Device,
  a: Value,
  b: Value,
  [innerA, innerB]: readonly [number, number],
  multiply: Multiply,
): Value {
  const extent = a.shape[innerA]!
  const block = blockOf(extent, device.traits.productsUpTo)
  const [rows, columns] = [a.shape[3 - innerA]!, b.shape[3 - innerB]!]
  const batch = a.shape[0]!
  if (device.traits.launches || rows * columns <= SMALL) {
    const partial = multiply(batched(device, a, innerA, block), batched(device, b, innerB, block))
    const count = partial.shape[0]! / batch
    return device.reshape(sumAlong(device, partial, [batch, count, rows * columns]), [batch, rows, columns])
  }
  const part = (x: Value, axis: number, start: number): Value => {
    const length = Math.min(block, extent - start)
    return slice(
      device,
      x,
      x.shape.map((_, i) => (i === axis ? start : 0)),
      x.shape.map((n, i) => (i === axis ? length : n)),
    )
  }
  const parts = Array.from({ length: Math.ceil(extent / block) }, (_, i) =>
    multiply(part(a, innerA, i * block), part(b, innerB, i * block)),
  )
  return inPairs(device, parts)
}

/** The inner axis as one more axis of the batch: [batch, rows, inner] as [batch * parts, rows, block]. */
function batched(device: Device, x: Value, inner: number, block: number): Value {
  const whole = lengthened(device, x, inner, block)
  const [batch, rows, columns] = whole.shape as [number, number, number]
  if (inner === 1) return device.reshape(whole, [(batch * rows) / block, block, columns])
  const parts = device.reshape(whole, [batch, rows, columns / block, block])
  return device.reshape(transpose(device, parts, [0, 2, 1, 3]), [countOf(whole) / rows / block, rows, block])
}

/** The sum of values of one shape. */
function inPairs(device: Device, parts: readonly Value[]): Value {
  if (parts.length === 1) return parts[0]!
  const half = Math.ceil(parts.length / 2)
  return binary(device, 'Add', inPairs(device, parts.slice(0, half)), inPairs(device, parts.slice(half)))
}

/** Terms that a scan adds up in a row. */
const ROW = 64

/** Running sums along the rows of [count, extent]: in blocks, to which the sums of all blocks before are added. */
export function runningSums(device: Device, rows: Value, reverse: boolean): Value {
  const [count, extent] = rows.shape as [number, number]
  const scan = (x: Value): Value => device.run('Cumsum', { x }, { axis: 1, exclusive: false, reverse })
  if (rows.dtype !== 'float32' || extent <= ROW || device.traits.scans === 'in pairs') return scan(rows)
  const whole = lengthened(device, rows, 1, ROW)
  const blocks = countOf(whole) / count / ROW
  const inside = device.reshape(scan(device.reshape(whole, [count * blocks, ROW])), [count, blocks, ROW])
  const ends = slice(device, inside, [0, 0, reverse ? 0 : ROW - 1], [count, blocks, 1])
  const totals = runningSums(device, device.reshape(ends, [count, blocks]), reverse)
  // Each block begins where the one before has ended.
  const others = slice(device, totals, [0, reverse ? 1 : 0], [count, blocks - 1])
  const before = pad(device, others, [[0, 0], reverse ? [0, 1] : [1, 0]], 0)
  const sums = binary(device, 'Add', inside, device.reshape(before, [count, blocks, 1]))
  return slice(device, device.reshape(sums, [count, blocks * ROW]), [0, 0], [count, extent])
}
