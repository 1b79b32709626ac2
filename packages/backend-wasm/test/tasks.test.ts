import {
  add,
  compile,
  div,
  exp,
  logSoftmax,
  matmul,
  max,
  mean,
  mul,
  neg,
  optimize,
  relu,
  schedule,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  zeros,
  type DType,
  type Tensor,
} from '@neurite/core'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { printWasm, wasm } from '../src/index.js'
import { group } from '../src/nest/group.js'
import * as tasks from '../src/nest/tasks.js'
import * as task from '../src/nest/task.js'
import type { Task } from '../src/nest/task.js'

vi.mock(import('../src/nest/tasks.js'), async (original) => {
  const real = await original()
  return { ...real, tasksOf: vi.fn(real.tasksOf) }
})
vi.mock(import('../src/nest/task.js'), async (original) => {
  const real = await original()
  return { ...real, meet: vi.fn(real.meet) }
})
const { tasksOf } = await vi.importActual<typeof tasks>('../src/nest/tasks.js')
const { meet } = await vi.importActual<typeof task>('../src/nest/task.js')

beforeEach(() => {
  vi.mocked(tasks.tasksOf).mockImplementation(tasksOf)
  vi.mocked(task.meet).mockImplementation(meet)
})

type F = (...args: Tensor[]) => unknown
type Shapes = readonly (readonly number[])[]

const backend = await wasm()
const found = (f: F, ...shapes: Shapes): readonly Task[] => {
  const plan = schedule(optimize(trace(f)(...shapes.map((shape) => zeros(shape, { backend })))), { fuse: group })
  return tasksOf(plan, plan.steps)
}

/** What a function gives on a backend of its own, so that nothing is there yet. */
async function valuesOf(f: F, shapes: Shapes, dtype: DType = 'float32', donate: number[] = []): Promise<number[][]> {
  const own = await wasm()
  const args = shapes.map((shape, k) => {
    const length = shape.reduce((a, b) => a * b, 1)
    const data = Array.from({ length }, (_, i) => Math.sin(i * 1.3 + k) * (dtype === 'int32' ? 100 : 4))
    return tensor(dtype === 'int32' ? data.map(Math.trunc) : data, { shape, dtype, backend: own })
  })
  const results = [compile(f, { donate })(...args)].flat(5) as Tensor[]
  const values = await Promise.all(results.map(async (each) => Array.from(await each.data(), Number)))
  own.dispose()
  return values
}

const along = { axes: [-1], keepDims: true }
const standardise = (x: Tensor): Tensor => {
  const distance = sub(x, mean(x, along))
  return div(distance, sqrt(add(mean(square(distance), along), 1e-5)))
}
/** One step of Adam, for two params. */
const adam: F = (p, m, v, q, n, w, g, h) => {
  const next = (param: Tensor, mean: Tensor, squares: Tensor, gradient: Tensor): [Tensor, Tensor, Tensor] => {
    const means = add(mul(mean, 0.9), gradient)
    const second = add(mul(squares, 0.99), square(gradient))
    return [add(param, div(means, add(sqrt(square(second)), 0.1))), means, second]
  }
  const [a, b, c] = next(p, m, v, g)
  const [d, e, f] = next(q, n, w, h)
  return [a, b, c, d, e, f]
}
const crossEntropy: F = (x, y) =>
  valueAndGrad((logits: Tensor) => neg(mean(sum(mul(y, logSoftmax(logits)), { axes: [1] }))))(x)

const FUNCTIONS: Readonly<Record<string, readonly [f: F, shapes: Shapes, donate?: number[]]>> = {
  softmax: [(x) => softmax(x), [[300, 250]]],
  'softmax over its input': [(x) => softmax(x), [[257, 256]], [0]],
  'softmax of more axes': [(x) => softmax(x), [[6, 50, 251]]],
  logSoftmax: [(x) => logSoftmax(x), [[300, 251]]],
  'standardised rows, scaled': [(x, a, b) => add(mul(standardise(x), a), b), [[300, 256], [256], [256]]],
  'cross-entropy and its gradient': [
    crossEntropy,
    [
      [280, 250],
      [280, 250],
    ],
  ],
  'Adam over its state': [adam, [[70], [70], [70], [9, 8], [9, 8], [9, 8], [70], [9, 8]], [0, 1, 2, 3, 4, 5]],
  'a value for three readers': [
    (x, y) => {
      const z = mul(x, y)
      return [relu(z), sum(z, { axes: [1] }), mul(z, z)]
    },
    [
      [40, 36],
      [40, 36],
    ],
  ],
  'a value stored beside another, whose rows others read as columns': [
    (x, y) => {
      const z = mul(x, y)
      return [relu(z), add(z, 1), max(transpose(z), { axes: [1] })]
    },
    [
      [300, 300],
      [300, 300],
    ],
  ],
  'a product between two that read the same': [
    (x, w) => {
      const y = exp(x)
      return add(y, matmul(y, w))
    },
    [
      [16, 16],
      [16, 16],
    ],
  ],
}

test('Adam: both means and the param in one nest', () => {
  const all = found(adam, [70], [70], [70], [9, 8], [9, 8], [9, 8], [70], [9, 8])
  expect(all.map(({ steps }) => steps.length)).toEqual([3, 3])
  expect(all.map(({ placed }) => placed!.nest.also!.length)).toEqual([2, 2])
  expect(all.map(({ placed }) => placed!.nest.nodes.filter(({ kind }) => kind === 'load').length)).toEqual([4, 4])
})

test('what only the nest needs is not stored', () => {
  const [only, ...others] = found(
    (x, y) => {
      const z = mul(x, y)
      return [relu(z), add(z, 1)]
    },
    [40],
    [40],
  )
  expect(others).toEqual([])
  expect(only!.steps.length).toBe(3)
  // The other result.
  expect(only!.placed!.nest.also!.length).toBe(1)
})

test('rows take turns from 256 KiB on', () => {
  expect(found((x) => softmax(x), [256, 256]).map(({ rows }) => rows?.count)).toEqual([256])
  expect(found((x) => softmax(x), [255, 256]).every(({ rows }) => rows === undefined)).toBe(true)
})

test('steps that meet in one nest are printed as one', async () => {
  const f = (x: Tensor): Tensor[] => {
    const z = mul(x, 2)
    return [relu(z), add(z, 1)]
  }
  const text = await printWasm(optimize(trace(f)(zeros([40], { backend }))))
  expect(text.slice(0, text.indexOf('(func')).trimEnd()).toBe(
    [
      'nest of %2: mul, %3: relu, %5: add',
      '  for i0 < 40',
      '    %0: float32 = operand0[i0]',
      '    %1: float32 = 2',
      '    %2: float32 = mul(%0, %1)',
      '    %3: float32 = relu(%2)',
      '    %4: float32 = 1',
      '    %5: float32 = add(%2, %4)',
      '    operand2[i0] = %3',
      '    out[i0] = %5',
    ].join('\n'),
  )
})

test('softmax: each row is read, reduced and written before the next; its exponentials take one row', async () => {
  const [only, ...others] = found((x) => softmax(x), [300, 250])
  expect(others).toEqual([])
  expect(only!.rows!.count).toBe(300)
  expect(only!.rows!.nests.map(({ nest }) => nest.reduction)).toEqual(['max', undefined, 'sum', undefined])
  expect(only!.rows!.reused.size).toBe(2)
  const text = await printWasm(optimize(trace((x: Tensor) => softmax(x))(zeros([300, 250], { backend }))))
  expect(text.slice(0, text.indexOf('(func')).trimEnd()).toBe(
    [
      'nests of %1: max, %3: exp, %4: sum, %5: div',
      '  for each of 300 rows',
      '    for i0 < 250 (reduced)',
      '      %0: float32 = operand0[i0]',
      '      out[0] = max %0',
      '    for i0 < 250',
      '      %0: float32 = operand0[i0]',
      '      %1: float32 = operand1[0]',
      '      %2: float32 = sub(%0, %1)',
      '      %3: float32 = expNonPositive(%2)',
      '      out[i0] = %3',
      '    for i0 < 250 (reduced)',
      '      %0: float32 = operand0[i0]',
      '      out[0] = sum %0',
      '    for i0 < 250',
      '      %0: float32 = operand0[i0]',
      '      %1: float32 = operand1[0]',
      '      %2: float32 = div(%0, %1)',
      '      out[i0] = %2',
    ].join('\n'),
  )
})

test('what is small, and what crosses rows, stays apart', () => {
  const rows = (f: F, ...shapes: Shapes): boolean => found(f, ...shapes).some((each) => each.rows !== undefined)
  expect(rows((x) => softmax(x), [300, 250])).toBe(true)
  expect(rows((x) => softmax(x), [30, 25])).toBe(false)
  expect(rows((x) => softmax(x, { axis: 0 }), [300, 250])).toBe(false)
  expect(rows((x) => sub(transpose(x), max(x, along)), [300, 300])).toBe(true)
  expect(rows((x) => sub(x, transpose(max(x, along))), [300, 300])).toBe(false)
})

test('exp of what is at most 0 is that of a distance from the maximum of the same', () => {
  const text = (f: F): string => JSON.stringify(found(f, [300, 300]))
  expect(text((x) => exp(sub(x, max(x, along))))).toContain('expNonPositive')
  expect(text((x) => exp(sub(x, max(x))))).toContain('expNonPositive')
  expect(text((x) => exp(sub(max(x, along), x)))).not.toContain('expNonPositive')
  expect(text((x) => exp(sub(mul(x, 2), max(x, along))))).not.toContain('expNonPositive')
  // The maxima of columns, from rows.
  expect(text((x) => exp(sub(x, transpose(max(x, { axes: [0], keepDims: true })))))).not.toContain('expNonPositive')
})

describe('together, the bits are those of one step after the other', () => {
  const apart: typeof tasksOf = (_, steps) => steps.map((step) => ({ steps: [step] }))
  for (const dtype of ['float32', 'float64'] as const) {
    test.each(Object.entries(FUNCTIONS))(`%s of ${dtype}`, async (_, [f, shapes, donate]) => {
      const together = await valuesOf(f, shapes, dtype, donate)
      vi.mocked(tasks.tasksOf).mockImplementation(apart)
      expect(together).toEqual(await valuesOf(f, shapes, dtype, donate))
    })
  }
})

test.each(['max', 'min'] as const)('%s: NaN wins wherever it stands, in rows and columns', async (name) => {
  const reduce = name === 'max' ? max : (x: Tensor, o: object) => neg(max(neg(x), o))
  for (const dtype of ['float32', 'float64'] as const) {
    for (const at of [0, 1, 37, 98, 99]) {
      const data = Array.from({ length: 300 }, (_, i) => (i === 100 + at ? NaN : Math.cos(i)))
      const rows = reduce(tensor(data, { shape: [3, 100], dtype, backend }), { axes: [1] })
      expect(Array.from(await rows.data(), Number.isNaN)).toEqual([false, true, false])
      const columns = reduce(tensor(data, { shape: [100, 3], dtype, backend }), { axes: [0] })
      expect(Array.from(await columns.data(), Number.isNaN)).toEqual([0, 1, 2].map((i) => i === (100 + at) % 3))
    }
  }
})

const MUTANTS: Readonly<Record<string, readonly [name: string, change: () => void]>> = {
  'what others read is not stored': [
    'Adam over its state',
    () =>
      change(({ placed, ...rest }) => ({
        ...rest,
        placed: placed && { ...placed, nest: { ...placed.nest, also: [] } },
      })),
  ],
  'what comes out takes one row': [
    'softmax',
    () =>
      change(({ rows, ...rest }) => ({
        ...rest,
        rows: rows && { ...rows, reused: new Set(rows.nests.map(({ out }) => out)) },
      })),
  ],
  'rows that lie one element too near': [
    'softmax of more axes',
    () =>
      change(({ rows, ...rest }) => ({
        ...rest,
        rows: rows && { ...rows, nests: rows.nests.map((each) => ({ ...each, outStride: each.outStride - 1 })) },
      })),
  ],
  'a nest less in each row': [
    'cross-entropy and its gradient',
    () => change(({ rows, ...rest }) => ({ ...rest, rows: rows && { ...rows, nests: rows.nests.slice(0, -1) } })),
  ],
  'a step that moves before what it reads': [
    'a product between two that read the same',
    () => void vi.mocked(task.meet).mockReturnValue(false),
  ],
}

function change(one: (found: Task) => Task): void {
  vi.mocked(tasks.tasksOf).mockImplementation((plan, steps) => tasksOf(plan, steps).map(one))
}

test.each(Object.entries(MUTANTS))('it would be noticed: %s', async (_, [name, mutate]) => {
  const [f, shapes, donate] = FUNCTIONS[name]!
  const expected = await valuesOf(f, shapes, 'float32', donate)
  mutate()
  expect(await valuesOf(f, shapes, 'float32', donate)).not.toEqual(expected)
})
