import {
  all,
  any,
  argMax,
  argMin,
  clip,
  concat,
  cumsum,
  einsum,
  equal,
  expandDims,
  eye,
  full,
  greater,
  greaterEqual,
  less,
  lessEqual,
  linspace,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  norm,
  notEqual,
  oneHot,
  reshape,
  softmax,
  split,
  squeeze,
  stack,
  standardDeviation,
  sum,
  tile,
  topK,
  transpose,
  unstack,
  variance,
  arange,
  type Tensor,
} from '@neurite/core'
import fc from 'fast-check'
import { axesOf, broadcastable, filledShapes, shapes } from '../arbitrary/shapes.js'
import { fill, fillIndices } from '../arbitrary/values.js'
import { checkClose, checkEqual } from '../check/compare.js'
import { evaluate, evaluateOne } from '../check/device.js'
import { COMPOSED, type Tolerance } from '../check/tolerance.js'
import { at, broadcastAt, build, host, indicesOf, type HostArray } from '../reference/host.js'
import { broadcastShape } from '../reference/elementwise.js'
import { reference } from '../reference/table.js'
import type { Context, Suite } from '../suite.js'

const seed = fc.nat({ max: 2 ** 31 - 1 })

/** Shapes, some of their axes (named from the front or from the back) and whether these are kept. */
const reducible = fc.tuple(filledShapes(), seed).chain(([shape, start]) =>
  fc
    .record({ axes: axesOf(shape.length), negative: fc.boolean(), keepDims: fc.boolean() })
    .map(({ axes, negative, keepDims }) => ({
      shape,
      start,
      axes,
      keepDims,
      asked: negative ? axes.map((axis) => axis - shape.length) : axes,
    })),
)

async function same(
  { backend, capabilities }: Context,
  what: string,
  inputs: readonly HostArray[],
  f: (...xs: Tensor[]) => Tensor,
  expected: HostArray,
  tolerance: Tolerance = 'exact',
): Promise<void> {
  const operands = inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`).join(', ')
  checkClose(`${what} of ${operands}`, await evaluateOne(backend, inputs, f), expected, { tolerance, capabilities })
}

type Reduce = (values: readonly number[]) => number

const average: Reduce = (values) => values.reduce((a, b) => a + b, 0) / values.length
const spread =
  (correction: number): Reduce =>
  (values) =>
    values.reduce((total, value) => total + (value - average(values)) ** 2, 0) / (values.length - correction)

/** A reduction by collecting what it runs over. */
function collectBy(x: HostArray, axes: readonly number[], keepDims: boolean, f: Reduce): HostArray {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const places = indicesOf(axes.map((axis) => x.shape[axis]!))
  const result = build(kept, x.dtype, (index) =>
    f(
      places.map((place) =>
        at(
          x,
          index.map((i, axis) => (axes.includes(axis) ? place[axes.indexOf(axis)]! : i)),
        ),
      ),
    ),
  )
  return keepDims ? result : { ...result, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }
}

const REDUCTIONS: readonly (readonly [
  string,
  (x: Tensor, options: { axes: number[]; keepDims: boolean }) => Tensor,
  Reduce,
])[] = [
  ['mean', mean, average],
  ['variance', variance, spread(0)],
  ['standardDeviation', standardDeviation, (values) => Math.sqrt(spread(0)(values))],
  ['norm', norm, (values) => Math.sqrt(values.reduce((total, value) => total + value ** 2, 0))],
  [
    'norm of order 1',
    (x, options) => norm(x, { ...options, order: 1 }),
    (values) => values.reduce((total, value) => total + Math.abs(value), 0),
  ],
  [
    'norm of order Infinity',
    (x, options) => norm(x, { ...options, order: Infinity }),
    (values) => Math.max(...values.map(Math.abs)),
  ],
  ['logSumExp', logSumExp, (values) => Math.log(values.reduce((total, value) => total + Math.exp(value), 0))],
]

/** Public functions that core composes from several primitives, on this backend. */
export function operationProperties(suite: Suite): void {
  suite.group('properties of composed functions', () => {
    for (const [name, f, reduce] of REDUCTIONS) {
      suite.property(name, reducible, async (context, { shape, start, axes, asked, keepDims }) => {
        const x = fill(shape, 'float32', start)
        await same(
          context,
          `${name} over [${asked.join(', ')}]`,
          [x],
          (y) => f(y, { axes: asked, keepDims }),
          collectBy(x, axes, keepDims, reduce),
          { ...COMPOSED, floor: 8 },
        )
      })
    }
    suite.property('variance with correction', filledShapes(2, 2), async (context, [rows, columns]) => {
      const x = fill([rows!, columns! + 1], 'float32', 1)
      await same(
        context,
        'variance',
        [x],
        (y) => variance(y, { axes: [1], correction: 1 }),
        collectBy(x, [1], false, spread(1)),
        { ...COMPOSED, floor: 8 },
      )
    })
    suite.property(
      'sum, max and min by negative axes',
      reducible,
      async (context, { shape, start, axes, asked, keepDims }) => {
        const x = fill(shape, 'int32', start)
        for (const [name, f] of [
          ['sum', sum],
          ['max', max],
          ['min', min],
        ] as const) {
          await same(
            context,
            `${name} over [${asked.join(', ')}]`,
            [x],
            (y) => f(y, { axes: asked, keepDims }),
            reference[name]([x], { axes, keepDims }),
          )
        }
      },
    )
    suite.property('any and all', reducible, async (context, { shape, start, axes, asked, keepDims }) => {
      const x = fill(shape, 'bool', start)
      await same(
        context,
        'any',
        [x],
        (y) => any(y, { axes: asked, keepDims }),
        collectBy(x, axes, keepDims, (values) => Math.max(0, ...values)),
      )
      await same(
        context,
        'all',
        [x],
        (y) => all(y, { axes: asked, keepDims }),
        collectBy(x, axes, keepDims, (values) => Math.min(1, ...values)),
      )
    })
    suite.property(
      'softmax, logSoftmax, argMax, argMin and cumsum along each axis',
      fc.tuple(filledShapes(1, 3), seed),
      async (context, [shape, start]) => {
        const x = fill(shape, 'float32', start)
        for (let axis = 0; axis < shape.length; axis++) {
          const asked = { axis: axis - shape.length }
          await same(context, 'softmax', [x], (y) => softmax(y, asked), reference.softmax([x], { axis }), COMPOSED)
          await same(
            context,
            'logSoftmax',
            [x],
            (y) => logSoftmax(y, asked),
            reference.logSoftmax([x], { axis }),
            COMPOSED,
          )
          await same(context, 'argMax', [x], (y) => argMax(y, asked), reference.argMax([x], { axis }))
          await same(context, 'argMin', [x], (y) => argMin(y, asked), reference.argMin([x], { axis }))
          await same(
            context,
            'cumsum',
            [x],
            (y) => cumsum(y, asked),
            reference.cumsum([x], { axis, reverse: false }),
            COMPOSED,
          )
        }
      },
    )
    suite.property('comparisons and logic', fc.tuple(broadcastable(2), seed), async (context, [[p, q], start]) => {
      const [a, b] = [fill(p!, 'float32', start, 'ties'), fill(q!, 'float32', start + 1, 'ties')]
      const both = (f: (x: number, y: number) => boolean, x = a, y = b): HostArray =>
        build(broadcastShape(x.shape, y.shape), 'bool', (index) =>
          Number(f(broadcastAt(x, index), broadcastAt(y, index))),
        )
      await same(
        context,
        'equal',
        [a, b],
        (x, y) => equal(x, y),
        both((x, y) => x === y),
      )
      await same(
        context,
        'notEqual',
        [a, b],
        (x, y) => notEqual(x, y),
        both((x, y) => x !== y),
      )
      await same(
        context,
        'less',
        [a, b],
        (x, y) => less(x, y),
        both((x, y) => x < y),
      )
      await same(
        context,
        'lessEqual',
        [a, b],
        (x, y) => lessEqual(x, y),
        both((x, y) => x <= y),
      )
      await same(
        context,
        'greater',
        [a, b],
        (x, y) => greater(x, y),
        both((x, y) => x > y),
      )
      await same(
        context,
        'greaterEqual',
        [a, b],
        (x, y) => greaterEqual(x, y),
        both((x, y) => x >= y),
      )
      const [c, d] = [fill(p!, 'bool', start), fill(q!, 'bool', start + 1)]
      await same(
        context,
        'logicalAnd',
        [c, d],
        (x, y) => logicalAnd(x, y),
        both((x, y) => x === 1 && y === 1, c, d),
      )
      await same(
        context,
        'logicalOr',
        [c, d],
        (x, y) => logicalOr(x, y),
        both((x, y) => x === 1 || y === 1, c, d),
      )
      await same(
        context,
        'logicalXor',
        [c, d],
        (x, y) => logicalXor(x, y),
        both((x, y) => x !== y, c, d),
      )
      await same(
        context,
        'logicalNot',
        [c],
        (x) => logicalNot(x),
        build(c.shape, 'bool', (index) => 1 - at(c, index)),
      )
    })
    suite.property('clip', fc.tuple(shapes(), seed), async (context, [shape, start]) => {
      const x = fill(shape, 'float32', start)
      await same(
        context,
        'clip',
        [x],
        (y) => clip(y, { minimum: -1, maximum: 0.5 }),
        build(shape, 'float32', (index) => Math.min(Math.max(at(x, index), -1), 0.5)),
      )
      await same(
        context,
        'clip from below',
        [x],
        (y) => clip(y, { minimum: 1 }),
        build(shape, 'float32', (index) => Math.max(at(x, index), 1)),
      )
    })
    suite.property(
      'stack, then unstack',
      fc.tuple(shapes(0, 3), seed, fc.integer({ min: 1, max: 3 })),
      async (context, [shape, start, count]) => {
        const parts = Array.from({ length: count }, (_, i) => fill(shape, 'float32', start + i, 'special'))
        for (let axis = 0; axis <= shape.length; axis++) {
          const expected = build([...shape.slice(0, axis), count, ...shape.slice(axis)], 'float32', (index) =>
            at(
              parts[index[axis]!]!,
              index.filter((_, i) => i !== axis),
            ),
          )
          await same(context, `stack along ${axis}`, parts, (...xs) => stack(xs, { axis }), expected)
          for (const [i, part] of (
            await evaluate(context.backend, [expected], (x) => unstack(x, { axis }))
          ).entries()) {
            checkClose(`unstack along ${axis}, part ${i}`, part, parts[i]!, {
              tolerance: 'exact',
              capabilities: context.capabilities,
            })
          }
        }
      },
    )
    suite.property(
      'split, then concat',
      fc
        .tuple(filledShapes(1, 3), seed)
        .chain(([shape, start]) => fc.nat({ max: shape.length - 1 }).map((axis) => ({ shape, start, axis }))),
      async (context, { shape, start, axis }) => {
        const x = fill(shape, 'float32', start, 'special')
        const first = Math.floor(shape[axis]! / 2)
        await same(
          context,
          'split and concat',
          [x],
          (y) => concat(split(y, { parts: [first, shape[axis]! - first], axis }), { axis }),
          x,
        )
      },
    )
    suite.property(
      'tile',
      fc.tuple(shapes(0, 3), seed, fc.array(fc.nat({ max: 3 }), { minLength: 3, maxLength: 3 })),
      async (context, [shape, start, draws]) => {
        const x = fill(shape, 'int32', start)
        const repeats = draws.slice(0, shape.length)
        await same(
          context,
          `tile by [${repeats.join(', ')}]`,
          [x],
          (y) => tile(y, { repeats }),
          build(
            shape.map((n, i) => n * repeats[i]!),
            'int32',
            (index) =>
              at(
                x,
                index.map((i, axis) => i % shape[axis]!),
              ),
          ),
        )
      },
    )
    suite.property('expandDims, then squeeze', fc.tuple(shapes(0, 3), seed), async (context, [shape, start]) => {
      const x = fill(shape, 'float32', start, 'special')
      for (let axis = 0; axis <= shape.length; axis++)
        await same(context, 'expandDims and squeeze', [x], (y) => squeeze(expandDims(y, { axis }), { axes: [axis] }), x)
    })
    suite.property(
      'oneHot',
      fc.tuple(shapes(0, 2), seed, fc.integer({ min: 1, max: 6 })),
      async (context, [shape, start, classes]) => {
        const indices = fillIndices(shape, classes, start, true)
        await same(
          context,
          'oneHot',
          [indices],
          (x) => oneHot(x, { classes }),
          build([...shape, classes], 'float32', (index) => Number(at(indices, index.slice(0, -1)) === index.at(-1))),
        )
      },
    )
    suite.property(
      'topK',
      fc
        .tuple(filledShapes(1, 3), seed)
        .chain(([shape, start]) => fc.integer({ min: 1, max: shape.at(-1)! }).map((k) => ({ shape, start, k }))),
      async (context, { shape, start, k }) => {
        const x = fill(shape, 'float32', start, 'ties')
        const indices = reference.topKIndices([x], { k })
        await same(context, `indices of topK ${k}`, [x], (y) => topK(y, { k }).indices, indices)
        await same(
          context,
          `values of topK ${k}`,
          [x],
          (y) => topK(y, { k }).values,
          build(indices.shape, 'float32', (index) => at(x, [...index.slice(0, -1), at(indices, index)])),
        )
      },
    )
    suite.property(
      'einsum',
      fc.tuple(
        fc.constantFrom(
          'ij,jk->ik',
          'ij,kj->ki',
          'bij,bjk->bik',
          'i,j->ij',
          'ij,ij->',
          'bi,bj->bji',
          'ijk,k->ji',
          'ij,kl->',
        ),
        seed,
      ),
      async (context, [equation, start]) => {
        await same(context, `einsum ${equation}`, ...einsumCase(equation, start), COMPOSED)
      },
    )
    suite.test('constants: eye, full, linspace, arange', async ({ backend, capabilities }) => {
      const [identity, filled, line, steps] = await evaluate(backend, [], () => [
        eye(3, { backend }),
        full([2, 2], 7, { dtype: 'int32', backend }),
        linspace(-1, 1, 5, { backend }),
        arange(5, 0, { step: -2, backend }),
      ])
      checkEqual('eye', identity!.data, [1, 0, 0, 0, 1, 0, 0, 0, 1])
      checkEqual('full', filled!.data, [7, 7, 7, 7])
      checkClose('linspace', line!, host([5], [-1, -0.5, 0, 0.5, 1]), { tolerance: COMPOSED, capabilities })
      checkClose('arange', steps!, host([3], [5, 3, 1]), { tolerance: COMPOSED, capabilities })
    })
    suite.property(
      'reshape shares and keeps the order',
      fc.tuple(shapes(1, 4), seed),
      async (context, [shape, start]) => {
        const x = fill(shape, 'float32', start, 'special')
        await same(context, 'reshape', [x], (y) => reshape(y, [...shape].reverse()), {
          ...x,
          shape: [...shape].reverse(),
        })
        await same(context, 'transpose of a reshape', [x], (y) => transpose(reshape(y, [-1, 1])), {
          ...x,
          shape: [1, x.data.length],
        })
      },
    )
  })
}

/** Operands of extents 2, 3, 4, ... by letter, and the sum over all letters that the output lacks. */
function einsumCase(equation: string, start: number): [HostArray[], (...xs: Tensor[]) => Tensor, HostArray] {
  const [left, right, output] = equation.split(/,|->/).map((letters) => [...letters]) as [string[], string[], string[]]
  const letters = [...new Set([...left, ...right])]
  const extent = (letter: string): number => 2 + letters.indexOf(letter)
  const [a, b] = [fill(left.map(extent), 'float32', start), fill(right.map(extent), 'float32', start + 1)]
  const summed = letters.filter((letter) => !output.includes(letter))
  const expected = build(output.map(extent), 'float32', (index) =>
    indicesOf(summed.map(extent)).reduce((total, place) => {
      const value = (letter: string): number =>
        output.includes(letter) ? index[output.indexOf(letter)]! : place[summed.indexOf(letter)]!
      return total + at(a, left.map(value)) * at(b, right.map(value))
    }, 0),
  )
  return [[a, b], (x, y) => einsum(equation, x, y), expected]
}
