import type { DType } from '@neurite/core'
import type { Op } from '../encode/opcodes.js'
import type { Reduction } from '../nest/nest.js'
import { Evaluation } from './evaluation.js'
import { constant, firstLanes, zero } from './lanes.js'
import { storeAt, type Lowering } from './nest.js'

/**
 * So many additions of float32 come one after the other in a lane; then the sum goes on in doubles. So a sum of n terms is off by
 * (64 + log2 4) u S at most, within what the contract allows.
 */
const LONGEST = 64

/** Results that are reduced side by side: their additions do not wait for one another. */
const TOGETHER = 4

/** So many maxima may be taken by an instruction that heeds NaN, which takes ten of the processor's. */
const FEW = 8

export const IDENTITY: Readonly<Record<Reduction, number>> = { sum: 0, max: -Infinity, min: Infinity }

function identity(reduction: Reduction, dtype: DType): number {
  if (dtype !== 'int32' || reduction === 'sum') return IDENTITY[reduction]
  return reduction === 'max' ? -(2 ** 31) : 2 ** 31 - 1
}

/** One vector of partial results. */
class Accumulator {
  private readonly partial: number
  private readonly totals: readonly number[]
  /** Where a NaN was seen, if one instruction for each maximum is to do, which forgets them. */
  private readonly strange: number | undefined
  readonly dtype: DType

  /** @param inOneLane - how many values come to each lane */
  constructor(
    private readonly lowering: Lowering,
    inOneLane: number,
  ) {
    const { f, nest } = lowering
    this.dtype = nest.nodes.at(-1)!.dtype
    this.partial = f.take('v128')
    const isSum = nest.reduction === 'sum'
    if (!isSum && this.dtype !== 'int32' && inOneLane > FEW) {
      this.strange = f.take('v128')
      zero(f)
      f.set(this.strange)
    }
    const inDoubles = inOneLane > LONGEST && isSum && this.dtype === 'float32'
    this.totals = inDoubles ? (lowering.lanes === 4 ? [f.take('v128'), f.take('v128')] : [f.take('v128')]) : []
    this.start()
    for (const total of this.totals) {
      zero(f)
      f.set(total)
    }
  }

  get flushes(): boolean {
    return this.totals.length > 0
  }

  private start(): void {
    const { f, nest } = this.lowering
    constant(f, identity(nest.reduction!, this.dtype), this.dtype)
    f.set(this.partial)
  }

  /** Takes the nest's value where the cursors are; of a vector that is not full, only its first lanes count. */
  take(width: number, shift: number, isMasked: boolean): void {
    const { f, nest, lanes } = this.lowering
    const evaluation = new Evaluation(this.lowering, width, shift)
    evaluation.stores()
    f.get(this.partial)
    evaluation.last()
    evaluation.give()
    if (isMasked && width < lanes) {
      constant(f, identity(nest.reduction!, this.dtype), this.dtype)
      firstLanes(f, width, lanes)
      f.emit('v128.bitselect')
    }
    if (this.strange === undefined) this.combine()
    else {
      const value = f.take('v128')
      f.emit('local.tee', value).emit(`${this.family}.p${nest.reduction as 'max' | 'min'}` as Op)
      f.get(this.strange)
        .get(value)
        .get(value)
        .emit(`${this.family}.ne` as Op)
      f.emit('v128.or').set(this.strange)
      f.give(value)
    }
    f.set(this.partial)
  }

  /** Where a NaN was, there is one again. */
  private settle(): void {
    if (this.strange !== undefined)
      this.lowering.f.get(this.partial).get(this.strange).emit('v128.or').set(this.partial)
  }

  /** Adds what has come up to the doubles. */
  flush(): void {
    const { f } = this.lowering
    this.totals.forEach((total, half) => {
      f.get(total).get(this.partial)
      if (half === 1) f.get(this.partial).emit('i8x16.shuffle', ...UPPER_HALF)
      f.emit('f64x2.promote_low_f32x4').emit('f64x2.add').set(total)
    })
    if (this.flushes) this.start()
  }

  /** Leaves the result of each lane on the stack. */
  each(): void {
    const { f } = this.lowering
    this.settle()
    if (!this.flushes) return void f.get(this.partial)
    this.totals.forEach((total) => f.get(total).emit('f32x4.demote_f64x2_zero'))
    if (this.totals.length === 2) f.emit('i8x16.shuffle', ...LOWER_HALVES)
  }

  /** Takes over what another one has, which then ends. */
  join(other: Accumulator): void {
    const { f } = this.lowering
    if (this.flushes)
      this.totals.forEach((total, half) => f.get(total).get(other.totals[half]!).emit('f64x2.add').set(total))
    else {
      if (this.strange !== undefined) f.get(this.strange).get(other.strange!).emit('v128.or').set(this.strange)
      f.get(this.partial).get(other.partial)
      this.combine()
      f.set(this.partial)
    }
    other.give()
  }

  /** Leaves the result of all lanes together in the first lane. */
  all(): void {
    const { f, lanes } = this.lowering
    if (this.flushes) {
      const [first, second] = this.totals
      f.get(first!)
      if (second !== undefined) f.get(second).emit('f64x2.add')
      f.set(first!)
        .get(first!)
        .get(first!)
        .get(first!)
        .emit('i8x16.shuffle', ...UPPER_HALF)
      f.emit('f64x2.add').emit('f32x4.demote_f64x2_zero')
      return
    }
    const { partial } = this
    this.settle()
    f.get(partial)
    if (lanes === 4 || this.dtype === 'float64') {
      f.get(partial)
        .get(partial)
        .emit('i8x16.shuffle', ...UPPER_HALF)
      this.combine()
    }
    if (this.dtype === 'float64') return
    f.set(partial)
      .get(partial)
      .get(partial)
      .get(partial)
      .emit('i8x16.shuffle', ...SECOND_LANE)
    this.combine()
  }

  give(): void {
    this.lowering.f.give(this.partial, ...this.totals, ...(this.strange === undefined ? [] : [this.strange]))
  }

  private get family(): string {
    return this.dtype === 'float64' ? 'f64x2' : this.dtype === 'float32' ? 'f32x4' : 'i32x4'
  }

  private combine(): void {
    const { family } = this
    const { reduction } = this.lowering.nest
    const name = reduction === 'sum' ? 'add' : `${reduction}${family === 'i32x4' ? '_s' : ''}`
    this.lowering.f.emit(`${family}.${name}` as Op)
  }
}

const UPPER_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]
const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const SECOND_LANE = [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7]

interface Axes {
  readonly kept: readonly number[]
  readonly reduced: readonly number[]
}

function axesOf({ nest }: Lowering): Axes {
  const axes = nest.extents.map((_, axis) => axis)
  return {
    kept: axes.filter((axis) => nest.store.strides[axis] !== 0),
    reduced: axes.filter((axis) => nest.store.strides[axis] === 0),
  }
}

/** Loops over some axes; the cursors are afterwards where they were. */
function over(lowering: Lowering, axes: readonly number[], body: () => void): void {
  const [axis, ...inner] = axes
  if (axis === undefined) return body()
  const { f, nest, cursors } = lowering
  const extent = nest.extents[axis]!
  f.repeat(extent, () => {
    over(lowering, inner, body)
    cursors.move([[axis, 1]])
  })
  cursors.move([[axis, -extent]])
}

/** `count` times, and in blocks that are short enough for float32, with what comes after each. */
function inBlocks(
  { f }: Lowering,
  count: number,
  longest: number,
  step: () => void,
  flush: (() => void) | undefined,
): void {
  if (flush === undefined) return f.repeat(count, step)
  f.repeat(Math.floor(count / longest), () => {
    f.repeat(longest, step)
    flush()
  })
  if (count % longest === 0) return
  f.repeat(count % longest, step)
  flush()
}

/** The last axis is reduced: vectors go along it, and in the end their lanes come together. */
export function reduceRows(lowering: Lowering): void {
  const { nest, lanes, cursors } = lowering
  const { kept, reduced } = axesOf(lowering)
  const last = nest.extents.length - 1
  const extent = nest.extents[last]!
  const outer = reduced.filter((axis) => axis !== last)
  const full = Math.floor(extent / lanes)
  const rest = extent % lanes
  const inOneLane = outer.reduce((product, axis) => product * nest.extents[axis]!, 1) * Math.ceil(extent / lanes)
  const side = Math.min(TOGETHER, Math.max(1, full))
  over(lowering, kept, () => {
    const accumulators = Array.from({ length: side }, () => new Accumulator(lowering, inOneLane))
    const [first] = accumulators
    const flush = first!.flushes ? () => accumulators.forEach((each) => each.flush()) : undefined
    over(lowering, outer, () => {
      const turns = Math.floor(full / side)
      const step = (): void => {
        accumulators.forEach((each, i) => each.take(lanes, i * lanes, false))
        cursors.move([[last, side * lanes]])
      }
      inBlocks(lowering, turns, LONGEST - 2, step, flush)
      const left = full - turns * side
      for (let i = 0; i < left; i++) accumulators[i]!.take(lanes, i * lanes, false)
      if (rest > 0) accumulators[left % side]!.take(rest, left * lanes, true)
      if (left > 0 || rest > 0) flush?.()
      cursors.move([[last, -turns * side * lanes]])
    })
    for (const other of accumulators.slice(1)) first!.join(other)
    storeAt(lowering, nest.store, 1, 0, () => first!.all())
    first!.give()
  })
}

/** The last axis is kept: each lane has a result of its own. */
export function reduceColumns(lowering: Lowering): void {
  const { f, nest, lanes, cursors } = lowering
  const { kept, reduced } = axesOf(lowering)
  const last = nest.extents.length - 1
  const extent = nest.extents[last]!
  const outer = kept.filter((axis) => axis !== last)
  const inOneLane = reduced.reduce((product, axis) => product * nest.extents[axis]!, 1)
  const innermost = reduced.at(-1)!
  const block = (widths: readonly number[]): void => {
    const accumulators = widths.map(() => new Accumulator(lowering, inOneLane))
    const flush = accumulators[0]!.flushes ? () => accumulators.forEach((each) => each.flush()) : undefined
    over(lowering, reduced.slice(0, -1), () => {
      const step = (): void => {
        accumulators.forEach((each, i) => each.take(widths[i]!, i * lanes, false))
        cursors.move([[innermost, 1]])
      }
      inBlocks(lowering, nest.extents[innermost]!, LONGEST, step, flush)
      cursors.move([[innermost, -nest.extents[innermost]!]])
    })
    accumulators.forEach((each, i) => {
      storeAt(lowering, nest.store, widths[i]!, i * lanes, () => each.each())
      each.give()
    })
  }
  over(lowering, outer, () => {
    const full = Math.floor(extent / lanes)
    const blocks = Math.floor(full / TOGETHER)
    f.repeat(blocks, () => {
      block(new Array<number>(TOGETHER).fill(lanes))
      cursors.move([[last, TOGETHER * lanes]])
    })
    const widths = new Array<number>(full - blocks * TOGETHER).fill(lanes)
    if (extent % lanes > 0) widths.push(extent % lanes)
    if (widths.length > 0) block(widths)
    cursors.move([[last, -blocks * TOGETHER * lanes]])
  })
}
