import { grad, matmul, sum, type Tensor } from '@neurite/core'
import { avgPool2d, conv2d, maxPool2d } from '@neurite/core/functional'
import { host, type HostArray } from '../../reference/host.js'
import { inf, nan, type SpecialCase, whole } from './special-case.js'

const NO_PADDING = [
  [0, 0],
  [0, 0],
] as const

/** A 2 x 2 image of some channels, all ones, but one element. */
function imageWith(value: number, channels: number): HostArray {
  return host(
    [1, 2, 2, channels],
    Array.from({ length: 4 * channels }, (_, i) => (i === channels ? value : 1)),
  )
}

/** Each element of the image alone, or all four together; what is at one place is at the same of the result, or in the only one. */
export const WINDOWED: readonly SpecialCase[] = [nan, inf, -inf].flatMap((value) => [
  ...[1, 3].map((channels) =>
    whole(
      `avgPool2d of ${value}, ${channels} channels`,
      (x) => avgPool2d(x, { window: 2, strides: 1, padding: NO_PADDING }),
      imageWith(value, channels),
      host([1, 1, 1, channels], [value, ...new Array<number>(channels - 1).fill(1)]),
    ),
  ),
  ...[1, 2, 3].flatMap((ins) =>
    [1, 2].map((outs): SpecialCase => ({
      name: `conv2d 1x1 of ${value}, ${ins} to ${outs} channels`,
      run: (x, filter) => conv2d(x, filter, { strides: 1, padding: NO_PADDING }),
      inputs: [imageWith(value, ins), host([1, 1, ins, outs], new Array<number>(ins * outs).fill(1))],
      expected: host(
        [1, 2, 2, outs],
        Array.from({ length: 4 * outs }, (_, i) => (Math.floor(i / outs) === 1 ? value : ins)),
      ),
    })),
  ),
  {
    name: `matmul of ${value}`,
    run: (a, b) => matmul(a, b),
    inputs: [host([2, 2], [1, value, 1, 1]), host([2, 1], [1, 1])],
    expected: host([2, 1], [value, 2]),
  },
  whole(
    `gradient of maxPool2d of ${value}`,
    (x) => grad((y: Tensor) => sum(maxPool2d(y, { window: 2, strides: 1, padding: NO_PADDING })))(x),
    imageWith(value, 1),
    host([1, 2, 2, 1], value === -inf ? [1, 0, 0, 0] : [0, 1, 0, 0]),
  ),
])
