import { sameShape, sizeOf, type Padding2d, type KernelParams } from '@neurite/core'
import type { Composition, Compositions } from './table.js'
import { longProduct } from './sums.js'
import { broadcast, concat, scalar, slice, transpose } from './values.js'
import { windowParts, type Sliding } from './windows.js'
import { countOf, type Device, type Value } from '../device.js'

/** Where products of turned matrices are slow, this many multiplications pay for turning one first. */
const WORTH_TURNING = 4096

/** The product of two matrices, or of batches of them; of two matrices also with a bias for each column. */
export function matrixProduct(
  device: Device,
  a: Value,
  b: Value,
  transposeA: boolean,
  transposeB: boolean,
  bias?: Value,
): Value {
  const run = (p: Value, q: Value, turnP: boolean, turnQ: boolean): Value => {
    const turns = { transposeA: turnP, transposeB: turnQ }
    if (bias === undefined) return device.run('BatchMatMul', { a: p, b: q }, turns)
    return device.run('_FusedMatMul', { a: p, b: q, bias }, { ...turns, activation: 'linear' })
  }
  const inner = a.shape.at(transposeA ? -2 : -1)!
  if (inner > device.traits.productsUpTo) {
    const product = inParts(device, a, b, transposeA, transposeB)
    return bias === undefined ? product : device.run('Add', { a: product, b: bias })
  }
  // A column by a row: nothing to add up, so GPU engines need no tiles for it, and nothing to clear.
  if (device.traits.launches && inner === 1) {
    const column = device.reshape(a, [...a.shape.slice(0, -2), lengthOf(a), 1])
    const row = device.reshape(b, [...b.shape.slice(0, -2), 1, lengthOf(b)])
    const outer = device.run('Multiply', { a: column, b: row })
    return bias === undefined ? outer : device.run('Add', { a: outer, b: bias })
  }
  if (!device.traits.clearBorders && inner % 2 === 1) {
    return run(cleared(device, a), cleared(device, b), transposeA, transposeB)
  }
  const columns = b.shape.at(transposeB ? -2 : -1)!
  // Whole batches take the slow way in any case.
  const turn = device.traits.turnsFirst && sizeOf(a.shape) === sizeOf(a.shape.slice(-2))
  if (!turn || countOf(a) * columns < WORTH_TURNING) return run(a, b, transposeA, transposeB)
  const turned = (x: Value): Value => transpose(device, x, swapLast(x.shape.length))
  return run(transposeA ? turned(a) : a, transposeB ? turned(b) : b, false, false)
}

/** A product whose inner extent is too long to be added up in a row. One of two batches may be a single matrix. */
function inParts(device: Device, a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const [batchA, batchB] = [a, b].map((x) => sizeOf(x.shape.slice(0, -2))) as [number, number]
  const batch = Math.max(batchA, batchB)
  const spread = (x: Value, own: number): Value => {
    const matrices = device.reshape(x, [own, ...x.shape.slice(-2)])
    return own === batch ? matrices : broadcast(device, matrices, [batch, ...x.shape.slice(-2)])
  }
  const product = longProduct(
    device,
    spread(a, batchA),
    spread(b, batchB),
    [transposeA ? 1 : 2, transposeB ? 2 : 1],
    (p, q) => matrixProduct(device, p, q, transposeA, transposeB),
  )
  const lead = a.shape.length > b.shape.length || batchA === batch ? a.shape.slice(0, -2) : b.shape.slice(0, -2)
  return device.reshape(product, [...lead, ...product.shape.slice(1)])
}

/** How many elements a row or a column has. */
function lengthOf({ shape }: Value): number {
  return shape.at(-1)! * shape.at(-2)!
}

/**
 * tfjs-webgl packs 2 x 2 elements, and behind an odd extent lies what the last kernel made of 0, for exp a 1; its product
 * of matrices adds that up. Its division alone clears it.
 */
function cleared(device: Device, x: Value): Value {
  return device.run('RealDiv', { a: x, b: scalar(device, 1) })
}

function swapLast(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
}

const matmul: Composition<KernelParams<'matmul'>> = (device, [a, b], { transposeA, transposeB }, output) => {
  const run = (p: Value, q: Value): Value => matrixProduct(device, p, q, transposeA, transposeB)
  if (sameShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2))) return run(a!, b!)
  const batch = output.shape.slice(0, -2)
  const count = sizeOf(batch)
  // tfjs repeats a whole batch of one, nothing else.
  const spread = (x: Value): Value => {
    const own = x.shape.slice(0, -2)
    const matrix = x.shape.slice(-2)
    if (sizeOf(own) === 1) return device.reshape(x, [1, ...matrix])
    return device.reshape(sizeOf(own) === count ? x : broadcast(device, x, [...batch, ...matrix]), [count, ...matrix])
  }
  return device.reshape(run(spread(a!), spread(b!)), output.shape)
}

/** Explicit padding as tfjs takes it: one pair for each axis of NHWC. */
export function fourPairs([height, width]: Padding2d): number[][] {
  return [[0, 0], [...height], [...width], [0, 0]]
}

function attributes({ strides, padding }: Sliding) {
  return { strides: [...strides], pad: fourPairs(padding), dataFormat: 'NHWC' }
}

/** A convolution, with a bias for each channel if there is one. */
export function convolution(device: Device, x: Value, filter: Value, params: Sliding, bias?: Value): Value {
  const attrs = { ...attributes(params), dilations: [1, 1] }
  if (!device.traits.windowsKeepNaN && filter.shape.every((extent) => extent === 1)) {
    // Of one product each tfjs-wasm makes a kernel that clamps, and loses NaN; of two it does not.
    const pair = device.run('Conv2D', { x, filter: concat(device, [filter, filter], 3) }, attrs)
    return slice(device, pair, [0, 0, 0, 0], [...pair.shape.slice(0, 3), 1])
  }
  if (bias === undefined) return device.run('Conv2D', { x, filter }, attrs)
  return device.run('FusedConv2D', { x, filter, bias }, { ...attrs, activation: 'linear' })
}

const conv2d: Composition<KernelParams<'conv2d'>> = (device, [x, filter], params) =>
  convolution(device, x!, filter!, params)

const conv2dInputGradient: Composition<KernelParams<'conv2dInputGradient'>> = (device, [upstream, filter], params) =>
  device.run(
    'Conv2DBackpropInput',
    { dy: upstream!, filter: filter! },
    { ...attributes(params), inputShape: [...params.inputShape] },
  )

const conv2dFilterGradient: Composition<KernelParams<'conv2dFilterGradient'>> = (
  device,
  [x, upstream],
  params,
  output,
) => {
  const places = sizeOf(upstream!.shape.slice(0, 3))
  const short = places <= device.traits.productsUpTo
  if (short && device.traits.filterGradient && device.has('Conv2DBackpropFilter')) {
    return device.run(
      'Conv2DBackpropFilter',
      { x: x!, dy: upstream! },
      { ...attributes(params), filterShape: [...params.filterShape] },
    )
  }
  // Each column of the patches is one element of the filter as it slides: patches^T upstream sums over all its places.
  const [kh, kw, ins, outs] = params.filterShape
  const columns = windowParts(device, x!, [kh!, kw!], params, upstream!.shape, 0)
  const patches = device.reshape(concat(device, columns, 3), [1, places, kh! * kw! * ins!])
  const rows = device.reshape(upstream!, [1, places, outs!])
  return device.reshape(matrixProduct(device, patches, rows, true, false), output.shape)
}

export const contractions: Pick<Compositions, 'matmul' | 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'> = {
  matmul,
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
}
