import {
  abs,
  add,
  all,
  any,
  argMax,
  argMin,
  broadcastTo,
  cast,
  clip,
  concat,
  cos,
  div,
  equal,
  erf,
  exp,
  expm1,
  floor,
  gather,
  isFinite,
  isNaN,
  less,
  lessEqual,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  notEqual,
  pad,
  pow,
  relu,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  sub,
  sum,
  tanh,
  topK,
  transpose,
  where,
  type DType,
  type Tensor,
} from '@neurite/core'
import { checkClose } from '../check/compare.js'
import { evaluateOne } from '../check/device.js'
import { host, type HostArray } from '../reference/host.js'
import type { Suite } from '../suite.js'

/** A function at values where formulas break. Zeros, infinities and NaN are compared exactly. */
interface SpecialCase {
  readonly name: string
  readonly run: (...xs: Tensor[]) => Tensor
  readonly inputs: readonly HostArray[]
  readonly expected: HostArray
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

function row(elements: readonly number[], dtype: DType = 'float32'): HostArray {
  return host([elements.length], elements, dtype)
}

function unary(
  name: string,
  f: (x: Tensor) => Tensor,
  pairs: readonly (readonly [number, number])[],
  to: DType = 'float32',
  from: DType = 'float32',
): SpecialCase {
  return {
    name,
    run: (x) => f(x),
    inputs: [
      row(
        pairs.map(([x]) => x),
        from,
      ),
    ],
    expected: row(
      pairs.map(([, y]) => y),
      to,
    ),
  }
}

function binary(
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  triples: readonly (readonly [number, number, number])[],
  to: DType = 'float32',
  from: DType = to,
): SpecialCase {
  return {
    name,
    run: (a, b) => f(a, b),
    inputs: [
      row(
        triples.map(([a]) => a),
        from,
      ),
      row(
        triples.map(([, b]) => b),
        from,
      ),
    ],
    expected: row(
      triples.map(([, , y]) => y),
      to,
    ),
  }
}

function whole(name: string, f: (x: Tensor) => Tensor, x: HostArray, expected: HostArray): SpecialCase {
  return { name, run: (y) => f(y), inputs: [x], expected }
}

const MIN = -(2 ** 31)
const MAX = 2 ** 31 - 1
const odd = row([nan, -0, inf, -inf])

const ELEMENTWISE: readonly SpecialCase[] = [
  unary('neg', neg, [
    [0, -0],
    [-0, 0],
    [inf, -inf],
    [-inf, inf],
    [nan, nan],
  ]),
  unary('abs', abs, [
    [-0, 0],
    [-inf, inf],
    [nan, nan],
    [-3, 3],
  ]),
  unary('floor', floor, [
    [-0, -0],
    [-0.5, -1],
    [1.5, 1],
    [-1.5, -2],
    [inf, inf],
    [nan, nan],
  ]),
  unary('exp', exp, [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, 0],
    [nan, nan],
    [1000, inf],
    [-1000, 0],
  ]),
  unary('expm1', expm1, [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -1],
    [nan, nan],
    [2 ** -20, Math.expm1(2 ** -20)],
  ]),
  unary('log', log, [
    [0, -inf],
    [-0, -inf],
    [1, 0],
    [inf, inf],
    [-1, nan],
    [nan, nan],
  ]),
  unary('log1p', log1p, [
    [0, 0],
    [-0, -0],
    [-1, -inf],
    [-2, nan],
    [inf, inf],
    [2 ** -20, Math.log1p(2 ** -20)],
  ]),
  unary('sqrt', sqrt, [
    [0, 0],
    [-0, -0],
    [4, 2],
    [-1, nan],
    [inf, inf],
    [nan, nan],
  ]),
  unary('sin', sin, [
    [0, 0],
    [-0, -0],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ]),
  unary('cos', cos, [
    [0, 1],
    [-0, 1],
    [inf, nan],
    [nan, nan],
  ]),
  unary('tanh', tanh, [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [1000, 1],
    [-1000, -1],
    [nan, nan],
    [2 ** -20, Math.tanh(2 ** -20)],
  ]),
  unary('sigmoid', sigmoid, [
    [0, 0.5],
    [inf, 1],
    [-inf, 0],
    [1000, 1],
    [-1000, 0],
    [nan, nan],
  ]),
  unary('softplus', softplus, [
    [1000, 1000],
    [-1000, 0],
    [0, Math.log(2)],
    [inf, inf],
    [nan, nan],
  ]),
  unary('erf', erf, [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [10, 1],
    [-10, -1],
    [nan, nan],
  ]),
  unary('relu', relu, [
    [nan, nan],
    [inf, inf],
    [-inf, 0],
    [-3, 0],
    [3, 3],
  ]),
  unary('clip', (x) => clip(x, { minimum: -1, maximum: 1 }), [
    [nan, nan],
    [inf, 1],
    [-inf, -1],
    [0.5, 0.5],
  ]),
  unary(
    'isNaN',
    isNaN,
    [
      [nan, 1],
      [inf, 0],
      [-0, 0],
      [1, 0],
    ],
    'bool',
  ),
  unary(
    'isFinite',
    isFinite,
    [
      [nan, 0],
      [inf, 0],
      [-inf, 0],
      [-0, 1],
      [3, 1],
    ],
    'bool',
  ),
  unary(
    'cast float32 to int32',
    (x) => cast(x, 'int32'),
    [
      [1.9, 1],
      [-1.9, -1],
      [nan, 0],
      [-0, 0],
    ],
    'int32',
  ),
  unary(
    'cast float32 to bool',
    (x) => cast(x, 'bool'),
    [
      [0, 0],
      [-0, 0],
      [nan, 1],
      [0.25, 1],
      [-inf, 1],
    ],
    'bool',
  ),
  unary(
    'cast int32 to bool',
    (x) => cast(x, 'bool'),
    [
      [0, 0],
      [256, 1],
      [-1, 1],
      [MIN, 1],
    ],
    'bool',
    'int32',
  ),
  unary(
    'cast bool to float32',
    (x) => cast(x, 'float32'),
    [
      [0, 0],
      [1, 1],
    ],
    'float32',
    'bool',
  ),
  unary(
    'int32 neg wraps around',
    neg,
    [
      [MIN, MIN],
      [MAX, -MAX],
      [0, 0],
    ],
    'int32',
    'int32',
  ),
  binary('add', add, [
    [-0, -0, -0],
    [0, -0, 0],
    [inf, -inf, nan],
    [inf, 1, inf],
    [nan, 1, nan],
  ]),
  binary('sub', sub, [
    [-0, 0, -0],
    [0, 0, 0],
    [inf, inf, nan],
    [1, inf, -inf],
  ]),
  binary('mul', mul, [
    [-0, 3, -0],
    [-0, -3, 0],
    [0, inf, nan],
    [-2, inf, -inf],
    [nan, 0, nan],
  ]),
  binary('div', div, [
    [1, 0, inf],
    [1, -0, -inf],
    [0, 0, nan],
    [-1, inf, -0],
    [inf, inf, nan],
  ]),
  binary('pow', pow, [
    [0, 0, 1],
    [2, -1, 0.5],
    [-2, 3, -8],
    [-2, 0.5, nan],
    [0, -1, inf],
    [nan, 0, 1],
    [nan, 1, nan],
    [2, -inf, 0],
  ]),
  binary('maximum', maximum, [
    [nan, 1, nan],
    [1, nan, nan],
    [-inf, inf, inf],
    [-2, -3, -2],
  ]),
  binary('minimum', minimum, [
    [nan, 1, nan],
    [1, nan, nan],
    [-inf, inf, -inf],
    [-2, -3, -3],
  ]),
  binary(
    'equal',
    equal,
    [
      [nan, nan, 0],
      [0, -0, 1],
      [inf, inf, 1],
      [inf, -inf, 0],
    ],
    'bool',
    'float32',
  ),
  binary(
    'notEqual',
    notEqual,
    [
      [nan, nan, 1],
      [0, -0, 0],
      [inf, inf, 0],
    ],
    'bool',
    'float32',
  ),
  binary(
    'less',
    less,
    [
      [nan, 1, 0],
      [1, nan, 0],
      [-0, 0, 0],
      [-inf, inf, 1],
    ],
    'bool',
    'float32',
  ),
  binary(
    'lessEqual',
    lessEqual,
    [
      [nan, nan, 0],
      [0, -0, 1],
      [-inf, -inf, 1],
      [inf, 1, 0],
    ],
    'bool',
    'float32',
  ),
  binary(
    'int32 add wraps around',
    add,
    [
      [MAX, 1, MIN],
      [MIN, -1, MAX],
      [2, -3, -1],
    ],
    'int32',
  ),
  binary(
    'int32 sub wraps around',
    sub,
    [
      [MIN, 1, MAX],
      [3, 5, -2],
    ],
    'int32',
  ),
  binary(
    'int32 mul wraps around',
    mul,
    [
      [65537, 65537, 131073],
      [MAX, MAX, 1],
      [-7, 9, -63],
    ],
    'int32',
  ),
  binary(
    'int32 div truncates',
    div,
    [
      [7, 2, 3],
      [-7, 2, -3],
      [7, -2, -3],
      [7, 0, 0],
      [0, 5, 0],
    ],
    'int32',
  ),
  {
    name: 'where keeps what it does not choose out',
    run: (condition, a, b) => where(condition, a, b),
    inputs: [row([1, 0, 1, 0], 'bool'), row([1, nan, -0, inf]), row([nan, 2, inf, -0])],
    expected: row([1, 2, -0, -0]),
  },
]

const REDUCING: readonly SpecialCase[] = [
  whole('max: NaN wins', max, row([1, nan, 3]), host([], [nan])),
  whole('min: NaN wins', min, row([1, nan, -3]), host([], [nan])),
  whole('max of NaN first', max, row([nan, 5]), host([], [nan])),
  whole('max of negatives', (x) => max(x, { axes: [1] }), host([2, 2], [-3, -2, -inf, -5]), row([-2, -5])),
  whole('sum over nothing', (x) => sum(x, { axes: [1] }), host([2, 0], []), row([0, 0])),
  whole('max over nothing', (x) => max(x, { axes: [1] }), host([2, 0], []), row([-inf, -inf])),
  whole('min over nothing', (x) => min(x, { axes: [1] }), host([2, 0], []), row([inf, inf])),
  whole('mean over nothing', (x) => mean(x, { axes: [0] }), host([0, 2], []), row([nan, nan])),
  whole('logSumExp over nothing', (x) => logSumExp(x, { axes: [1] }), host([1, 0], []), row([-inf])),
  whole('all over nothing', (x) => all(x), host([0], [], 'bool'), host([], [1], 'bool')),
  whole('any over nothing', (x) => any(x), host([0], [], 'bool'), host([], [0], 'bool')),
  whole('sum of infinities', sum, row([inf, 1, -inf]), host([], [nan])),
  whole(
    'argMax takes the first of equals',
    (x) => argMax(x),
    host([2, 4], [1, 5, 5, 0, 7, 2, 7, 7]),
    row([1, 0], 'int32'),
  ),
  whole(
    'argMin takes the first of equals',
    (x) => argMin(x),
    host([2, 4], [1, 0, 5, 0, 7, 2, 7, 2]),
    row([1, 1], 'int32'),
  ),
  whole('argMax: NaN is the largest', (x) => argMax(x), row([1, nan, inf, nan]), host([], [1], 'int32')),
  whole('argMin: NaN is the smallest', (x) => argMin(x), row([1, -inf, nan, nan]), host([], [2], 'int32')),
  whole(
    'topK keeps the order of equals',
    (x) => topK(x, { k: 3 }).indices,
    row([4, 9, 4, 9, 1]),
    row([1, 3, 0], 'int32'),
  ),
  whole('topK: NaN is the largest', (x) => topK(x, { k: 2 }).indices, row([1, nan, inf]), row([1, 2], 'int32')),
  whole(
    'softmax without overflow',
    (x) => softmax(x),
    row([1000, 1000, 999]),
    row([1, 1, Math.exp(-1)].map((e) => e / (2 + Math.exp(-1)))),
  ),
  whole('softmax of -Infinity', (x) => softmax(x), row([-inf, 0, 0]), row([0, 0.5, 0.5])),
  whole('logSoftmax without overflow', (x) => logSoftmax(x), row([1000, 0]), row([0, -1000])),
  whole('logSumExp without overflow', (x) => logSumExp(x), row([1000, 1000]), host([], [1000 + Math.log(2)])),
  whole('logSumExp of nothing but -Infinity', (x) => logSumExp(x), row([-inf, -inf]), host([], [-inf])),
]

const MOVING: readonly SpecialCase[] = [
  whole('transpose', transpose, host([2, 2], odd.data), host([2, 2], [nan, inf, -0, -inf])),
  whole('broadcastTo', (x) => broadcastTo(x, [2, 4]), odd, host([2, 4], [...odd.data, ...odd.data])),
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

/** Where a device computes int32 as float32: the rows whose sums and products stay within ±2^24. */
function within24Bits(special: SpecialCase): SpecialCase {
  const { inputs, expected } = special
  const rows = expected.shape[0]
  const fits = inputs.every(({ dtype, shape }) => dtype === 'int32' && shape.length === 1 && shape[0] === rows)
  if (expected.dtype !== 'int32' || !fits) return special
  const kept = [...expected.data.keys()].filter((i) => inputs.every(({ data }) => Math.abs(data[i]!) <= 2 ** 12))
  const only = ({ data }: HostArray): HostArray =>
    row(
      kept.map((i) => data[i]!),
      'int32',
    )
  return { ...special, inputs: inputs.map(only), expected: only(expected) }
}

/** NaN, infinities, -0, overflow, nothing to reduce, equals, wrapping whole numbers. */
export function specialValueCases(suite: Suite): void {
  const register = (cases: readonly SpecialCase[]): void =>
    cases.forEach((special) => {
      const { name, run } = special
      suite.test(name, async ({ backend, capabilities }) => {
        const { inputs, expected } = capabilities.int32Precision === 32 ? special : within24Bits(special)
        const got = await evaluateOne(backend, inputs, run)
        checkClose(`${name} of ${inputs.map(({ data }) => `[${data.join(', ')}]`).join(' and ')}`, got, expected, {
          tolerance: { ulps: 64 },
          capabilities,
          exactZeros: true,
        })
      })
    })
  suite.group('special values', () => {
    suite.group('elementwise', () => register(ELEMENTWISE))
    suite.group('reductions', () => register(REDUCING))
    suite.group('movement', () => register(MOVING))
  })
}
