import { BYTES_PER_ELEMENT, type Schedule, type TypedArray } from '@neurite/core'
import type { Group } from '../nest/group.js'

/** A schedule whose inputs and outputs lie in the arena as well, and what is there before the first run. */
export interface Settled {
  readonly plan: Schedule<Group>
  /** Where the weights begin: in the arena, in bytes. */
  readonly start: number
  readonly weights: Uint8Array
}

/** Where a value begins: vectors of 128 bits and every dtype lie well there. */
const ALIGNMENT = 16

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

/**
 * Gives every slot a place for good. The weights come last, so that they are one piece.
 *
 * @param weights - what is in the inputs that never change, by their slots
 * @param isRead - whether a slot is needed at all
 */
export function settle(
  plan: Schedule<Group>,
  weights: ReadonlyMap<number, TypedArray>,
  isRead: (slot: number) => boolean,
): Settled {
  let top = align(plan.bytes)
  const offsets = new Map<number, number>()
  const take = (slot: number): number => {
    const { length, dtype } = plan.slots[slot]!
    const offset = top
    offsets.set(slot, offset)
    top = align(top + length * BYTES_PER_ELEMENT[dtype])
    return offset
  }
  plan.slots.forEach(({ offset }, slot) => {
    if (offset < 0 && isRead(slot) && !weights.has(slot)) take(slot)
  })
  const start = top
  // Weights that are used twice lie there once.
  const taken = new Map<TypedArray, number>()
  for (const [slot, data] of weights) {
    if (!isRead(slot)) continue
    const before = taken.get(data)
    if (before === undefined) taken.set(data, take(slot))
    else offsets.set(slot, before)
  }
  const bytes = new Uint8Array(top - start)
  for (const [{ buffer, byteOffset, byteLength }, offset] of taken)
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset - start)
  return {
    plan: {
      ...plan,
      slots: plan.slots.map((each, slot) => ({ ...each, offset: offsets.get(slot) ?? each.offset })),
      bytes: top,
    },
    start,
    weights: bytes,
  }
}
