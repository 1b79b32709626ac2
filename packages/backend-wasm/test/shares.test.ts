import { createHash } from 'node:crypto'
import {
  abs,
  add,
  arange,
  cast,
  compile,
  concat,
  cos,
  div,
  exp,
  lessEqual,
  max,
  mean,
  min,
  mul,
  pow,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  tanh,
  transpose,
  valueAndGrad,
  where,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, maxPool2d } from '@neurite/core/functional'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { wasm } from '../src/index.js'
import { sharedNest } from '../src/nest/share.js'
import { printNest, type Nest } from '../src/nest/nest.js'
import { Pool } from '../src/threads/pool.js'
import { Control } from '../src/threads/control.js'
import { of } from './support/waves.js'

afterEach(() => {
  vi.restoreAllMocks()
})

type Make = (shape: readonly number[], seed?: number) => Tensor

const makerOf =
  (backend: Backend): Make =>
  (shape, seed = 0) =>
    of(shape, seed, backend)

/** A digest of the elements as they lie in memory, so that -0 and the bits of NaN count. */
async function bits(result: Tensor | readonly Tensor[]): Promise<readonly string[]> {
  const all = await Promise.all([result].flat().map((each) => each.data()))
  return all.map((data) => createHash('sha256').update(data).digest('hex'))
}

const SIZE = 300_007

/** Programs that are worth more than one thread, each with what is special in its cut. */
const PROGRAMS: Readonly<Record<string, (make: Make) => Tensor | readonly Tensor[]>> = {
  'a function of all elements, of which some are left over': (make) =>
    compile((x: Tensor) => exp(mul(x, 0.5)))(make([SIZE])),
  'a row beside each row': (make) =>
    compile((x: Tensor, y: Tensor) => tanh(add(x, y)))(make([701, 203]), make([203], 1)),
  'a column beside each column': (make) =>
    compile((x: Tensor, y: Tensor) => sigmoid(mul(x, y)))(make([701, 203]), make([701, 1], 1)),
  'a few long rows': (make) => compile((x: Tensor, y: Tensor) => sigmoid(add(x, y)))(make([3, 50_001]), make([50_001])),
  'many short rows': (make) => compile((x: Tensor, y: Tensor) => cos(mul(x, y)))(make([50_001, 3]), make([50_001, 1])),
  'sums of columns': (make) => compile((x: Tensor) => sum(x, { axes: [0] }))(make([9001, 71])),
  'sums of rows': (make) => compile((x: Tensor) => sum(x, { axes: [1] }))(make([701, 1003])),
  'maxima of functions of the axis between': (make) =>
    compile((x: Tensor) => max(exp(x), { axes: [1] }))(make([40, 130, 37])),
  'means over the outer axes': (make) => compile((x: Tensor) => mean(x, { axes: [0, 1] }))(make([40, 300, 48])),
  'rows through several steps': (make) => compile((x: Tensor) => softmax(mul(x, 3)))(make([301, 517])),
  'rows of which others need what they make': (make) =>
    compile((x: Tensor) => {
      const y = softmax(x)
      return [y, sum(mul(y, x), { axes: [1] }), min(y, { axes: [1] })]
    })(make([301, 517])),
  'what is transposed, cut and joined': (make) =>
    compile((x: Tensor) =>
      concat([exp(transpose(x)), exp(slice(x, { begin: [0, 7], size: [600, 400] }))], { axis: 1 }),
    )(make([600, 600])),
  'conditions and whole numbers': (make) =>
    compile((x: Tensor, y: Tensor) => {
      const whole = cast(mul(x, 100), 'int32')
      const isLess = lessEqual(x, y)
      return [where(isLess, sub(x, y), abs(y)), isLess, add(whole, cast(isLess, 'int32'))]
    })(make([SIZE]), make([SIZE], 1)),
  'gradients, which several read': (make) =>
    compile((x: Tensor, y: Tensor) => {
      const [loss, [gx, gy]] = valueAndGrad(([p, q]: readonly [Tensor, Tensor]) =>
        mean(pow(div(relu(p), add(abs(q), 1)), 2)),
      )([x, y])
      return [loss, gx, gy]
    })(make([500, 403]), make([403], 1)),
  'powers of whole numbers, which JavaScript computes': (make) =>
    compile((x: Tensor) => pow(cast(mul(x, 10), 'int32'), cast(mul(x, 2), 'int32')))(make([50_000])),
  'functions of float64, which JavaScript computes': (make) =>
    compile((x: Tensor) => exp(cast(x, 'float64')))(make([50_000])),
  'sums in float64': (make) => compile((x: Tensor) => sum(cast(x, 'float64'), { axes: [0] }))(make([9001, 70])),
  'poolings and convolutions with their gradients': (make) =>
    compile((x: Tensor, w: Tensor) => {
      const [loss, gradients] = valueAndGrad(([p, q]: readonly [Tensor, Tensor]) => {
        const y = maxPool2d(conv2d(p, q, { padding: 'same' }), { window: 2 })
        return sum(mul(avgPool2d(y, { window: 3, strides: 1, padding: 'same' }), y))
      })([x, w])
      return [loss, ...gradients]
    })(make([13, 28, 30, 9]), make([3, 5, 9, 11], 1)),
  'constants, which are made when the program is': (make) =>
    compile((x: Tensor) => add(x, softmax(reshape(mul(arange(0, 150_000, { backend: x.backend }), 1e-4), [300, 500]))))(
      make([500]),
    ),
  'operations by themselves': (make) => {
    const x = make([13, 30, 30, 12])
    return [
      exp(x),
      softmax(make([500, 601])),
      maxPool2d(x, { window: 2 }),
      avgPool2d(x, { window: 2 }),
      sum(x, { axes: [0, 1] }),
    ]
  },
}

const ALONE = new Set([
  'powers of whole numbers, which JavaScript computes',
  'functions of float64, which JavaScript computes',
])

describe('the bits are the same for any number of threads', () => {
  test.each(Object.entries(PROGRAMS))('%s', { timeout: 60_000 }, async (name, program) => {
    const given = vi.spyOn(Control.prototype, 'run')
    const one = await wasm()
    const expected = await bits(program(makerOf(one)))
    expect(given).not.toHaveBeenCalled()
    for (const threads of [2, 3, 5]) {
      const backend = await wasm({ threads })
      expect(await bits(program(makerOf(backend)))).toEqual(expected)
      backend.dispose()
    }
    expect(given.mock.calls.length === 0).toBe(ALONE.has(name))
    one.dispose()
  })

  test('many steps in a call, params overwritten in their place', async () => {
    const train = async (backend: Backend): Promise<readonly string[]> => {
      const make = makerOf(backend)
      const step = compile(
        (w: Tensor, x: Tensor) => {
          const [loss, gradient] = valueAndGrad((p: Tensor) => mean(pow(sub(tanh(p), x), 2)))(w)
          return [sub(w, mul(gradient, 0.1)), loss] as const
        },
        { donate: [0] },
      )
      let w = make([401, 300])
      const losses: Tensor[] = []
      for (let i = 0; i < 4; i++) {
        const [next, loss] = step(w, make([401, 300], i))
        w = next
        losses.push(loss)
      }
      return bits([w, ...losses])
    }
    const shared = vi.spyOn(Pool.prototype, 'run')
    const backend = await wasm({ threads: 2 })
    expect(await train(backend)).toEqual(await train(await wasm()))
    expect(shared.mock.calls.length).toBeGreaterThanOrEqual(4)
    backend.dispose()
  })
})

test('threads see memory that has grown, forget programs that end, and a program may end after its backend', async () => {
  const backend = await wasm({ threads: 3 })
  const make = makerOf(backend)
  const forgotten = vi.spyOn(Pool.prototype, 'forget')
  for (let i = 1; i < 8; i++) {
    const f = compile((x: Tensor) => add(exp(x), i))
    const x = make([100_000 * i])
    const y = f(x)
    expect((await y.data()).at(-1)).toBeCloseTo(Math.exp((await x.data()).at(-1)!) + i, 3)
    for (const each of [x, y, f]) each.dispose()
  }
  expect(forgotten).toHaveBeenCalledTimes(7)
  expect(backend.memory().buffers).toBe(0)
  const f = compile((x: Tensor) => exp(x))
  f(make([SIZE])).dispose()
  const run = vi.spyOn(Control.prototype, 'run')
  backend.dispose()
  f.dispose()
  expect(run).not.toHaveBeenCalled()
})

describe('a nest is cut', () => {
  const SLOTS = { operands: [0, 1], out: 2 }
  const walk = (...strides: number[]) => ({ dtype: 'float32', offset: 0, strides }) as const
  const load = (operand: number, ...strides: number[]) =>
    ({ kind: 'load', operand, walk: walk(...strides), dtype: 'float32' }) as const
  const sumOf = { kind: 'apply', primitive: 'add', inputs: [0, 1], from: 'float32', dtype: 'float32' } as const
  const nest = (extents: number[], a: number[], b: number[], out: number[]): Nest => ({
    extents,
    nodes: [load(0, ...a), load(1, ...b), sumOf],
    store: walk(...out),
  })

  test('along its longest axis, in blocks of whole cache lines, and what is left is a nest as well', () => {
    const { rows, rest } = sharedNest({ ...SLOTS, nest: nest([3, 100_001], [100_001, 1], [0, 1], [100_001, 1]) })!
    expect(rows.count).toBe(145)
    const [inner] = rows.nests
    expect(inner!.strides).toEqual([688, 688])
    expect(inner!.outStride).toBe(688)
    expect(printNest(inner!.nest)).toBe(printNest(nest([3, 688], [100_001, 1], [0, 1], [100_001, 1])))
    expect(rest!.nest.extents).toEqual([3, 241])
    expect(rest!.nest.store.offset).toBe(145 * 688)
  })

  test('where a row is a block, without the axis of the rows', () => {
    const { rows, rest } = sharedNest({ ...SLOTS, nest: nest([5000, 4000], [4000, 1], [1, 0], [4000, 1]) })!
    expect([rows.count, rest]).toEqual([5000, undefined])
    expect(rows.nests[0]!.strides).toEqual([4000, 1])
    expect(printNest(rows.nests[0]!.nest)).toBe(printNest(nest([4000], [1], [0], [1])))
  })

  test.each<[string, Partial<typeof SLOTS>, Nest]>([
    ['that is small', {}, nest([1000, 60], [60, 1], [0, 1], [60, 1])],
    ['that reads elsewhere what it overwrites', { out: 0 }, nest([1000, 600], [1, 1000], [0, 1], [600, 1])],
    ['that has one result', {}, { ...nest([1_000_000], [1], [1], [0]), reduction: 'sum' }],
    [
      'whose operand moves in two ways',
      {},
      { ...nest([1000, 1000], [1000, 1], [1, 1000], [1000, 1]), nodes: [load(0, 1000, 1), load(0, 1, 1000), sumOf] },
    ],
    [
      'that counts',
      {},
      { extents: [1_000_000], nodes: [{ kind: 'count', start: 0, step: 1, dtype: 'float32' }], store: walk(1) },
    ],
  ])('but not one %s', (_, slots, whole) => {
    expect(sharedNest({ ...SLOTS, ...slots, nest: whole })).toBeUndefined()
  })
})
