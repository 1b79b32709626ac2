import { operationOf, sizeOf, type Schedule, type Step } from '@neurite/core'
import { collapse, splitAxis } from './collapse.js'
import type { Group } from './group.js'
import { hasFunction, isWide, sameWalk, type Also, type Nest, type Node, type Walk } from './nest.js'
import { isOwn, meet, type Lives, type Placed, type Task } from './task.js'

/** Nests do not become larger: their values have to find room in registers. */
const MOST_NODES = 64

/** So far back a step looks for others that it can join. */
const REACH = 64

/** Rows that are shorter, and no whole number of vectors, are not worth what their ends cost. */
const SHORT = 32

/**
 * Takes steps into one nest that go through the same points and read the same there, or each other's results: what is read is
 * read once, and what the nest alone needs is not stored. So Adam's two means and the param that they move take one loop. A step
 * moves up to those that it joins, if nothing between them touches what it touches.
 */
export function join(plan: Schedule<Group>, steps: readonly Step[], lives: Lives): Task[] {
  const tasks: Task[] = []
  for (const step of steps) {
    const task: Task = { steps: [step], placed: placedOf(plan, step) }
    const at = placeFor(task)
    if (at === undefined) tasks.push(task)
    else tasks[at[0]] = at[1]
  }
  return tasks

  function placeFor(task: Task): readonly [number, Task] | undefined {
    for (let k = tasks.length - 1; k >= Math.max(0, tasks.length - REACH); k--) {
      const before = tasks[k]!
      const placed = before.placed && task.placed && together(before.placed, task.placed)
      if (placed) {
        const all = [...before.steps, ...task.steps]
        return [k, { steps: all, placed: withoutUnread(placed, all, lives) }]
      }
      if (meet(before, task)) return undefined
    }
    return undefined
  }
}

function placedOf(plan: Schedule<Group>, step: Step): Placed | undefined {
  const { fusion } = operationOf(plan, step)
  if (fusion?.nests.length !== 1 || sizeOf(fusion.nests[0]!.extents) === 0) return undefined
  return { nest: fusion.nests[0]!, operands: step.operands, out: step.out }
}

/** Both in one nest, the first one's result beside the second one's, if that gives what one after the other does. */
function together(first: Placed, second: Placed): Placed | undefined {
  const { nest: a } = first
  const { nest: b } = second
  if (a.reduction !== undefined || a.nodes.length + b.nodes.length > MOST_NODES) return undefined
  if (!isComputed(a) || !(isComputed(b) || b.reduction !== undefined) || isWide(a) !== isWide(b)) return undefined
  // A reduction goes on in several vectors at once: functions, with their constants, would not find registers.
  if (b.reduction !== undefined && hasFunction(a)) return undefined
  if ([...a.nodes, ...b.nodes].some(({ kind }) => kind === 'count')) return undefined
  const same = alike(a, b)
  if (same === undefined) return undefined
  const [left, right] = same
  if (right.reduction !== undefined && right.store.strides.at(-1) !== 0) return undefined

  const written = writesOf(left, first)
  const own = writesOf(right, second)
  const touched = (nest: Nest, placed: Placed): Touch[] => [...readsOf(nest, placed), ...writesOf(nest, placed)]
  // At each point, one comes after the other: enough if what one writes the other touches at the same points.
  const clash = (writes: readonly Touch[], others: readonly Touch[]): boolean =>
    writes.some(({ slot, walk }) => others.some((other) => other.slot === slot && !sameWalk(walk, other.walk)))
  if (clash(written, touched(right, second)) || clash(own, touched(left, first))) return undefined

  const operands = [...first.operands]
  const operandOf = (slot: number): number => {
    const found = operands.indexOf(slot)
    return found >= 0 ? found : operands.push(slot) - 1
  }
  const nodes: Node[] = [...left.nodes]
  const read = readsOf(left, first)
  let shared = false
  const renamed: number[] = []
  for (const node of right.nodes) {
    if (node.kind !== 'load') {
      renamed.push(
        nodes.push(node.kind === 'apply' ? { ...node, inputs: node.inputs.map((i) => renamed[i]!) } : node) - 1,
      )
      continue
    }
    const slot = second.operands[node.operand]!
    const known = [...written, ...read].find((each) => each.slot === slot && sameWalk(each.walk, node.walk))
    if (known !== undefined && node.walk.strides.at(-1) !== 0) shared = true
    renamed.push(known?.node ?? nodes.push({ ...node, operand: operandOf(slot) }) - 1)
  }
  if (!shared) return undefined
  // The last node is the result.
  if (renamed.at(-1) !== nodes.length - 1) return undefined
  const also: Also[] = [
    ...written.map(({ node, slot, walk }) => ({ node, operand: operandOf(slot), walk })),
    ...(right.also ?? []).map(({ node, operand, walk }) => ({
      node: renamed[node]!,
      operand: operandOf(second.operands[operand]!),
      walk,
    })),
  ]
  return { nest: collapse({ ...right, nodes, also }), operands, out: second.out }
}

/** Leaves out what is stored for steps that are all in the nest. */
function withoutUnread(placed: Placed, steps: readonly Step[], lives: Lives): Placed {
  const { nest, operands, out } = placed
  const slots = nest.also!.map(({ operand }) => operands[operand]!)
  const also = nest.also!.filter((_, i) => {
    const slot = slots[i]!
    const isOverwritten = slot === out || slots.includes(slot, i + 1)
    const [made] = steps.filter((step) => step.out === slot).slice(-1)
    return !isOverwritten && !isOwn(made!, steps, lives)
  })
  return { ...placed, nest: { ...nest, also } }
}

/** Rather than copied: kernels do that well. */
function isComputed({ nodes }: Nest): boolean {
  return nodes.some(({ kind }) => kind === 'apply')
}

interface Touch {
  readonly slot: number
  readonly walk: Walk
  readonly node: number
}

function readsOf({ nodes }: Nest, { operands }: Placed): Touch[] {
  return nodes.flatMap((each, node) =>
    each.kind === 'load' ? [{ slot: operands[each.operand]!, walk: each.walk, node }] : [],
  )
}

/** In order. */
function writesOf({ nodes, store, also = [] }: Nest, { operands, out }: Placed): Touch[] {
  return [
    ...also.map(({ node, operand, walk }) => ({ slot: operands[operand]!, walk, node })),
    { slot: out, walk: store, node: nodes.length - 1 },
  ]
}

/** Both over the same axes: those of one are split where the other has more. */
function alike(a: Nest, b: Nest): readonly [Nest, Nest] | undefined {
  if (sizeOf(a.extents) !== sizeOf(b.extents)) return undefined
  let [left, right] = [a, b]
  for (let axis = 0; axis < Math.max(left.extents.length, right.extents.length); axis++) {
    const [m, n] = [left.extents[axis]!, right.extents[axis]!]
    if (m === n) continue
    if (m > n && m % n === 0) left = splitAxis(left, axis, n)
    else if (n > m && n % m === 0) right = splitAxis(right, axis, m)
    else return undefined
  }
  const last = left.extents.at(-1) ?? 1
  const isSplit = left.extents.length !== a.extents.length || right.extents.length !== b.extents.length
  return isSplit && last < SHORT && last % 4 !== 0 ? undefined : [left, right]
}
