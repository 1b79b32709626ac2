import { BYTES_PER_ELEMENT, sizeOf, type Schedule, type Step } from '@neurite/core'
import { splitAxis } from './collapse.js'
import type { Group } from './group.js'
import { accessesOf, walksOf, withWalks, type Nest, type Walk } from './nest.js'
import { isOwn, type Lives, type Placed, type Rows, type Task } from './task.js'

/** In bytes: less of it stays in a near cache anyway. */
const SMALL = 2 ** 18

/** In elements: shorter rows are not worth what begins anew with each. */
const SHORT = 64

/**
 * Lets tasks that follow one another go through their rows together, where one of them reduces rows: the maximum of a row, its
 * exponentials with their sum, and the quotients, before the next row. So what one needs of another is in the nearest cache, and
 * what only they need takes one row of memory.
 */
export function inRows(tasks: readonly Task[], plan: Schedule<Group>, lives: Lives): Task[] {
  const found: Task[] = []
  for (let i = 0; i < tasks.length;) {
    const rows = longest(tasks, i)
    if (rows === undefined) {
      found.push(tasks[i++]!)
      continue
    }
    const steps = rows.flatMap((each) => each.task.steps)
    found.push({
      steps,
      rows: { count: rows[0]!.rows, nests: rows.map(inner), reused: reused(rows, steps, plan, lives) },
    })
    i += rows.length
  }
  return found
}

interface RowTask {
  readonly task: Task
  readonly placed: Placed
  /** Whose first axis is that of the rows. */
  readonly nest: Nest
  readonly rows: number
}

/** The longest run of tasks from here on that go through the same rows. */
function longest(tasks: readonly Task[], from: number): readonly RowTask[] | undefined {
  for (let to = from; to < tasks.length; to++) {
    const count = tasks[to]!.placed && reducedRows(tasks[to]!.placed!.nest)
    if (tasks[to]!.placed === undefined) return undefined
    if (count === undefined) continue
    const run: RowTask[] = []
    for (let i = from; i < tasks.length; i++) {
      const each = tasks[i]!.placed && inRowsOf(tasks[i]!, count)
      if (each === undefined || !mayJoin(run, each)) break
      run.push(each)
    }
    return run.length > 1 && run.length > to - from ? run : undefined
  }
  return undefined
}

/** How many rows a nest reduces, each of them to itself. */
function reducedRows({ extents, store, reduction, nodes }: Nest): number | undefined {
  const [rows = 0, ...inner] = extents
  const isReduced = store.strides.slice(1).every((stride) => stride === 0)
  if (reduction === undefined || inner.length === 0 || !isReduced || store.strides[0] === 0) return undefined
  const length = sizeOf(inner)
  return length >= SHORT && rows * length * BYTES_PER_ELEMENT[nodes.at(-1)!.dtype] >= SMALL ? rows : undefined
}

function inRowsOf(task: Task, rows: number): RowTask | undefined {
  const placed = task.placed!
  const [first = 1] = placed.nest.extents
  if (rows < 2 || first % rows !== 0 || placed.nest.nodes.some(({ kind }) => kind === 'count')) return undefined
  const nest = first === rows ? placed.nest : splitAxis(placed.nest, 0, rows)
  if (nest.store.strides[0] === 0) return undefined
  // An operand has one place in each row.
  const strides = new Map<number, number>()
  for (const { operand, walk } of accessesOf(nest)) {
    const [stride = 0] = walk.strides
    if ((strides.get(operand) ?? stride) !== stride) return undefined
    strides.set(operand, stride)
  }
  return { task, placed, nest, rows }
}

/** What one writes and the other touches must lie in the same row of both. */
function mayJoin(run: readonly RowTask[], next: RowTask): boolean {
  const touched = (each: RowTask): { readonly slot: number; readonly walk: Walk; readonly writes: boolean }[] => [
    ...each.nest.nodes.flatMap((node) =>
      node.kind === 'load' ? [{ slot: each.placed.operands[node.operand]!, walk: node.walk, writes: false }] : [],
    ),
    ...(each.nest.also ?? []).map(({ operand, walk }) => ({
      slot: each.placed.operands[operand]!,
      walk,
      writes: true,
    })),
    { slot: each.placed.out, walk: each.nest.store, writes: true },
  ]
  const mine = touched(next)
  return run.every((each) =>
    touched(each).every((a) =>
      mine.every((b) => a.slot !== b.slot || !(a.writes || b.writes) || inOneRow(a.walk, each.nest, b.walk, next.nest)),
    ),
  )
}

function inOneRow(a: Walk, inA: Nest, b: Walk, inB: Nest): boolean {
  const [row] = a.strides
  const within = ({ offset, strides }: Walk, { extents }: Nest): boolean =>
    offset >= 0 && strides.slice(1).reduce((end, stride, i) => end + stride * (extents[i + 1]! - 1), offset) < row!
  return a.dtype === b.dtype && row === b.strides[0] && within(a, inA) && within(b, inB)
}

/** Without the axis of the rows. */
function inner({ nest, placed }: RowTask): Rows['nests'][number] {
  const walks = walksOf(nest).map((walk) => ({ ...walk, strides: walk.strides.slice(1) }))
  const accesses = accessesOf(nest)
  return {
    ...placed,
    nest: withWalks(nest, nest.extents.slice(1), walks),
    strides: placed.operands.map((_, i) => accesses.find(({ operand }) => operand === i)?.walk.strides[0] ?? 0),
    outStride: nest.store.strides[0]!,
  }
}

/** Slots that hold nothing before, and nothing that is read after. */
function reused(run: readonly RowTask[], steps: readonly Step[], plan: Schedule<Group>, lives: Lives): Set<number> {
  const slots = new Set(steps.map(({ out }) => out))
  for (const slot of [...slots]) {
    const first = steps.find(({ operands, out }) => out === slot || operands.includes(slot))!
    const stays = steps.some((step) => step.out === slot && !isOwn(step, steps, lives))
    if (plan.slots[slot]!.kind !== 'temporary' || first.operands.includes(slot) || stays) slots.delete(slot)
  }
  return slots
}
