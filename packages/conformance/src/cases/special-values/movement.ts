import { broadcastTo, concat, gather, pad, slice, transpose, where } from '@neurite/core'
import { host } from '../../reference/host.js'
import { inf, MAX, MIN, nan, odd, row, type SpecialCase, whole, wide } from './special-case.js'

export const MOVING: readonly SpecialCase[] = [
  whole('transpose', transpose, host([2, 2], odd.data), host([2, 2], [nan, inf, -0, -inf])),
  whole('broadcastTo', (x) => broadcastTo(x, [2, 4]), odd, host([2, 4], [...odd.data, ...odd.data])),
  whole(
    'int32 transpose',
    transpose,
    host([2, 2], wide.data, 'int32'),
    host([2, 2], [MIN, 16777217, MAX, -16777219], 'int32'),
  ),
  whole(
    'int32 concat and slice',
    (x) => slice(concat([x, x]), { begin: [1], size: [4] }),
    wide,
    row([MAX, 16777217, -16777219, MIN], 'int32'),
  ),
  whole(
    'int32 pad',
    (x) => pad(x, { paddings: [[1, 0]], value: 123456789 }),
    wide,
    row([123456789, ...wide.data], 'int32'),
  ),
  whole('int32 broadcastTo', (x) => broadcastTo(x, [2, 4]), wide, host([2, 4], [...wide.data, ...wide.data], 'int32')),
  {
    name: 'int32 where',
    run: (condition, a, b) => where(condition, a, b),
    inputs: [row([1, 0, 1, 0], 'bool'), wide, row([0, 16777217, 0, 16777219], 'int32')],
    expected: row([MIN, 16777217, 16777217, 16777219], 'int32'),
  },
  {
    name: 'int32 gather',
    run: (x, i) => gather(x, i),
    inputs: [wide, row([3, 0, 9], 'int32')],
    expected: row([-16777219, MIN, 0], 'int32'),
  },
  whole('concat', (x) => concat([x, x]), odd, row([...odd.data, ...odd.data])),
  whole('slice', (x) => slice(x, { begin: [1], size: [2] }), odd, row([-0, inf])),
  whole('pad', (x) => pad(x, { paddings: [[1, 0]], value: -0 }), odd, row([-0, ...odd.data])),
  {
    name: 'gather',
    run: (x, i) => gather(x, i),
    inputs: [odd, row([1, 3, 0], 'int32')],
    expected: row([-0, -inf, nan]),
  },
  {
    name: 'gather outside reads 0',
    run: (x, i) => gather(x, i),
    inputs: [row([5, 6]), row([-1, 0, 2, 1], 'int32')],
    expected: row([0, 5, 0, 6]),
  },
]
