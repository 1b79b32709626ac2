import type { Step } from '@neurite/core'
import type { Nest } from './nest.js'

/** A nest, and where its arrays lie: slots of the schedule. */
export interface Placed {
  readonly nest: Nest
  readonly operands: readonly number[]
  readonly out: number
}

/** Steps of a schedule that are computed together. */
export interface Task {
  readonly steps: readonly Step[]
  /** The one nest that computes them all. Steps that take none, or several, are tasks by themselves. */
  readonly placed?: Placed | undefined
  /** Nests that go through as many rows: each row through all of them, then the next row. */
  readonly rows?: Rows | undefined
}

export interface Rows {
  readonly count: number
  /** Without the axis of the rows; so are `strides`, which say how far the rows of each operand, and of the result, lie apart, in elements. */
  readonly nests: readonly (Placed & { readonly strides: readonly number[]; readonly outStride: number })[]
  /** Slots of which one row is needed at a time. */
  readonly reused: ReadonlySet<number>
}

/** The steps that read what each one makes, if nothing else ever does. */
export type Lives = ReadonlyMap<Step, readonly Step[]>

export function livesOf(steps: readonly Step[]): Lives {
  const lives = new Map<Step, readonly Step[]>()
  const open = new Map<number, { readonly made: Step; readonly readers: Step[] }>()
  for (const step of steps) {
    for (const slot of new Set(step.operands)) open.get(slot)?.readers.push(step)
    for (const slot of step.dies) {
      const value = open.get(slot)
      if (value !== undefined) lives.set(value.made, value.readers)
    }
    open.set(step.out, { made: step, readers: [] })
  }
  return lives
}

/** Whether what a step makes is read by these steps at most. */
export function isOwn(step: Step, steps: readonly Step[], lives: Lives): boolean {
  return lives.get(step)?.every((reader) => steps.includes(reader)) === true
}

/** Whether one of them writes what the other reads or writes. */
export function meet(a: Task, b: Task): boolean {
  return a.steps.some((x) => b.steps.some((y) => touches(x, y.out) || touches(y, x.out)))
}

function touches({ operands, out }: Step, slot: number): boolean {
  return out === slot || operands.includes(slot)
}
