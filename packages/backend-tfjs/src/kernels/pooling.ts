import type { KernelParams, Padding2d } from '@neurite/core'
import { fourPairs } from './contractions.js'
import type { Composition, Compositions } from './table.js'
import { binary, cast, isNaN, rankable, scalar, select } from './values.js'
import type { Device, Value } from '../device.js'
import { placeParts, windowParts } from './windows.js'

interface Pooling {
  readonly window: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
}

function attributes({ window, strides, padding }: Pooling) {
  return { filterSize: [...window], strides: [...strides], pad: fourPairs(padding) }
}

/** Engines pass over NaN, or not, as they like; so the window's rows and columns are compared, or a second pooling looks for it. */
const maxPool2d: Composition<KernelParams<'maxPool2d'>> = (device, [x], params, output) => {
  const { window, padding } = params
  const { extremesKeepNaN, launches } = device.traits
  const inside = padding.every(([before, after]) => before === 0 && after === 0)
  if (extremesKeepNaN === 'either' && launches && inside && window[0] + window[1] <= FEW) {
    return largest(device, largest(device, x!, 1, params, output.shape), 2, params, output.shape)
  }
  const best = device.run('MaxPool', { x: x! }, attributes(params))
  const marks = device.run('MaxPool', { x: cast(device, isNaN(device, x!), 'float32') }, attributes(params))
  const found = binary(device, 'Greater', marks, scalar(device, 0))
  return select(device, found, scalar(device, Number.NaN), best, best.shape)
}

/** Of windows with so many rows and columns together, slices are cheaper than two poolings. */
const FEW = 4

/** The largest of the window along one axis of the image. */
function largest(device: Device, x: Value, axis: 1 | 2, { window, strides }: Pooling, outer: readonly number[]): Value {
  const [stride, extent] = [strides[axis - 1]!, outer[axis]!]
  const steps = x.shape.map((_, i) => (i === axis ? stride : 1))
  const parts = Array.from({ length: window[axis - 1]! }, (_, k) => {
    const begin = x.shape.map((_, i) => (i === axis ? k : 0))
    const end = x.shape.map((whole, i) => (i === axis ? k + (extent - 1) * stride + 1 : whole))
    return device.run('StridedSlice', { x }, { begin, end, strides: steps, ...NO_MASKS })
  })
  return parts.reduce((best, part) => binary(device, 'Maximum', best, part))
}

const NO_MASKS = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }

/** NaN counts as the largest, then Infinity; engines find neither, nor -Infinity, so finite numbers stand for all of them. */
const maxPool2dGradient: Composition<KernelParams<'maxPool2dGradient'>> = (device, [x, upstream], params) => {
  const ranked = rankable(device, x!)
  const { poolGradient } = device.traits
  if (poolGradient === 'first') return sendBack(device, ranked, upstream!, params)
  return poolGradient === 'last'
    ? turnedBack(device, ranked, upstream!, params)
    : placedBack(device, ranked, upstream!, params)
}

function sendBack(device: Device, x: Value, upstream: Value, params: Pooling): Value {
  // tfjs hands the forward result in as well; no engine reads it.
  return device.run('MaxPoolGrad', { dy: upstream, input: x, output: upstream }, attributes(params))
}

/** Without the engine's kernel: each place of the window takes what no place before it has taken. */
function placedBack(device: Device, x: Value, upstream: Value, params: Pooling): Value {
  const best = device.run('MaxPool', { x }, attributes(params))
  // NaN equals nothing, so padding takes nothing.
  const parts = windowParts(device, x, params.window, params, upstream.shape, Number.NaN)
  const zero = scalar(device, 0)
  let left = upstream
  const shares = parts.map((part) => {
    const hit = binary(device, 'Equal', part, best)
    const share = select(device, hit, left, zero, upstream.shape)
    left = select(device, hit, zero, left, upstream.shape)
    return share
  })
  return placeParts(device, shares, params.window, params, x.shape)
}

/** Where the engine takes the last of equals: the first of the image turned by 180 degrees. */
function turnedBack(device: Device, x: Value, upstream: Value, params: Pooling): Value {
  const turn = (y: Value): Value => device.run('Reverse', { x: y }, { dims: [1, 2] })
  const ends = [0, 1].map(
    (i) => (upstream.shape[i + 1]! - 1) * params.strides[i]! + params.window[i]! - params.padding[i]![0],
  )
  // What lies behind the last window is before the first one now; padding cannot be negative, so it is cut off.
  const [h, w] = [Math.min(x.shape[1]!, ends[0]!), Math.min(x.shape[2]!, ends[1]!)]
  const whole = h === x.shape[1] && w === x.shape[2]
  const seen = whole ? x : device.run('Slice', { x }, { begin: [0, 0, 0, 0], size: [x.shape[0]!, h, w, x.shape[3]!] })
  const padding = [
    [ends[0]! - h, params.padding[0][0]],
    [ends[1]! - w, params.padding[1][0]],
  ] as const
  const result = turn(sendBack(device, turn(seen), turn(upstream), { ...params, padding }))
  if (whole) return result
  const paddings = [
    [0, 0],
    [0, x.shape[1]! - h],
    [0, x.shape[2]! - w],
    [0, 0],
  ]
  return device.run('PadV2', { x: result }, { paddings, constantValue: 0 })
}

/** Goes through the window in order, and keeps the value that stands at the best so far. Needed by second derivatives alone. */
const maxPool2dPick: Composition<KernelParams<'maxPool2dPick'>> = (device, [x, values], params, output) => {
  const images = windowParts(device, x!, params.window, params, output.shape, -Infinity)
  const picks = windowParts(device, values!, params.window, params, output.shape, 0)
  // A window begins in the padding, whose -Infinity must not tie with the image's: it has never been inside.
  const inside = insideOf(device, x!, params, output.shape)
  const none = scalar(device, 0)
  let best = images[0]!
  let picked = picks[0]!
  let found = inside[0]!
  for (let i = 1; i < images.length; i++) {
    const here = images[i]!
    const larger = binary(
      device,
      'LogicalOr',
      binary(device, 'Greater', here, best),
      binary(device, 'LogicalAnd', isNaN(device, here), device.run('LogicalNot', { x: isNaN(device, best) })),
    )
    const beats = binary(
      device,
      'LogicalAnd',
      larger,
      device.run('LogicalNot', { x: binary(device, 'LogicalAnd', isNaN(device, best), found) }),
    )
    const first = device.run('LogicalNot', { x: found })
    const wins = binary(device, 'LogicalAnd', inside[i]!, binary(device, 'LogicalOr', first, beats))
    best = select(device, wins, here, best, output.shape)
    picked = select(device, wins, picks[i]!, picked, output.shape)
    found = binary(device, 'LogicalOr', found, inside[i]!)
  }
  return images.length === 1 ? binary(device, 'Add', picked, none) : picked
}

/** For each place of the window, where it lies inside the image: [1, oh, ow, 1], spread over the output. */
function insideOf(device: Device, x: Value, params: Pooling, outer: readonly number[]): Value[] {
  const inside: Value[] = []
  const along = (axis: 0 | 1, k: number): boolean[] =>
    Array.from({ length: outer[axis + 1]! }, (_, o) => {
      const place = o * params.strides[axis] + k - params.padding[axis][0]
      return place >= 0 && place < x.shape[axis + 1]!
    })
  for (let ky = 0; ky < params.window[0]; ky++) {
    for (let kx = 0; kx < params.window[1]; kx++) {
      const [rows, columns] = [along(0, ky), along(1, kx)]
      const data = Uint8Array.from(rows.flatMap((row) => columns.map((column) => Number(row && column))))
      const mask = device.constant(data, [1, outer[1]!, outer[2]!, 1], 'bool')
      inside.push(select(device, mask, scalar(device, 1, 'bool'), scalar(device, 0, 'bool'), outer))
    }
  }
  return inside
}

/** A kernel that makes -Infinity of NaN makes it of its opposite, too: their difference is NaN then. */
const avgPool2d: Composition<KernelParams<'avgPool2d'>> = (device, [x], params) => {
  const average = (y: Value): Value => device.run('AvgPool', { x: y }, attributes(params))
  if (device.traits.windowsKeepNaN) return average(x!)
  const half = binary(device, 'Multiply', x!, scalar(device, 0.5))
  return binary(device, 'Sub', average(half), average(device.run('Neg', { x: half })))
}

/** tfjs divides by the window's whole size, as if padding were a part of it; so upstream is scaled up there first. */
const avgPool2dGradient: Composition<KernelParams<'avgPool2dGradient'>> = (device, [upstream], params, output) => {
  const counts = [0, 1].map((axis) => insideCounts(axis as 0 | 1, params, upstream!.shape, params.inputShape))
  const size = params.window[0] * params.window[1]
  const full = counts.every((list, axis) => list.every((count) => count === params.window[axis]))
  let scaled = upstream!
  if (!full) {
    const data = Float32Array.from(counts[0]!.flatMap((row) => counts[1]!.map((column) => size / (row * column))))
    scaled = binary(
      device,
      'Multiply',
      upstream!,
      device.constant(data, [1, upstream!.shape[1]!, upstream!.shape[2]!, 1], 'float32'),
    )
  }
  // Of the image the kernel reads the shape alone.
  const image = { dataId: scaled.dataId, shape: [...output.shape], dtype: scaled.dtype }
  return device.run('AvgPoolGrad', { dy: scaled, input: image }, attributes(params))
}

/** How many places of each window lie inside the image, along one axis. */
function insideCounts(
  axis: 0 | 1,
  { window, strides, padding }: Pooling,
  outer: readonly number[],
  image: readonly number[],
): number[] {
  return Array.from({ length: outer[axis + 1]! }, (_, o) => {
    const start = o * strides[axis] - padding[axis][0]
    return Math.min(start + window[axis], image[axis + 1]!) - Math.max(start, 0)
  })
}

export const pooling: Pick<
  Compositions,
  'maxPool2d' | 'maxPool2dGradient' | 'maxPool2dPick' | 'avgPool2d' | 'avgPool2dGradient'
> = {
  maxPool2d,
  maxPool2dGradient,
  maxPool2dPick,
  avgPool2d,
  avgPool2dGradient,
}
