import { BYTES_PER_ELEMENT } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { walksOf, type Nest, type Walk } from '../nest/nest.js'
import type { Elements } from './memory.js'
import type { Place } from './place.js'

/** Where a nest is in its arrays, in bytes: one local for all that walk alike. */
export class Cursors {
  private readonly cursors: { readonly local: number; readonly strides: readonly number[] }[] = []

  constructor(
    private readonly f: FunctionWriter,
    nest: Nest,
  ) {
    for (const walk of walksOf(nest)) {
      const strides = inBytes(walk)
      if (this.find(strides) !== undefined || strides.every((stride) => stride === 0)) continue
      const local = f.take('i32')
      f.i32(0).set(local)
      this.cursors.push({ local, strides })
    }
  }

  /** Moves all of them: by so many elements along each of these axes. */
  move(steps: readonly (readonly [axis: number, elements: number])[]): void {
    for (const { local, strides } of this.cursors) {
      this.f.advance(
        local,
        steps.reduce((total, [axis, elements]) => total + elements * (strides[axis] ?? 0), 0),
      )
    }
  }

  /** The elements along the axis from where the cursors are, and `shift` further. */
  elements(walk: Walk, place: Place, shift: number, axis: number): Elements {
    const { f } = this
    const cursor = this.find(inBytes(walk))
    const stride = walk.strides[axis] ?? 0
    return {
      dtype: walk.dtype,
      stride,
      offset: place.offset + (walk.offset + shift * stride) * BYTES_PER_ELEMENT[walk.dtype],
      address: () => {
        f.get(place.base)
        if (cursor !== undefined) f.get(cursor).emit('i32.add')
      },
    }
  }

  /** The local of the cursor of a walk that moves at all. */
  find(strides: readonly number[]): number | undefined {
    return this.cursors.find((cursor) => cursor.strides.every((stride, axis) => stride === strides[axis]))?.local
  }

  give(): void {
    this.f.give(...this.cursors.map(({ local }) => local))
  }
}

export function inBytes({ dtype, strides }: Walk): number[] {
  return strides.map((stride) => stride * BYTES_PER_ELEMENT[dtype])
}
