import {
  add,
  checkGradients,
  customGradient,
  grad,
  hessian,
  jacobian,
  max,
  maximum,
  mul,
  relu,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
  vjp,
  type Tensor,
} from '@neurite/core'
import { fill, generator } from '../arbitrary/values.js'
import { check, checkClose, checkEqual } from '../check/compare.js'
import { evaluate, evaluateOne, upload } from '../check/device.js'
import { COMPOSED, DIFFERENCES } from '../check/tolerance.js'
import { host, storageFor, type HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'
import { FIRST, SECOND, type GradientCase } from './differentiable.js'
import { pullBack } from './doors.js'

type Floating = 'float32' | 'float64'

/**
 * Gradients against differences, where formulas and kernels could agree on a mistake; gradients of gradients; the
 * tools around them.
 */
export function gradientCases(suite: Suite): void {
  suite.group('gradients', () => {
    suite.group('equal differences', () => FIRST.forEach((one) => registerCheck(suite, one, one.f)))
    suite.group('of gradients equal differences', () =>
      SECOND.forEach((one) =>
        one.shapes.forEach((_, i) =>
          registerCheck(suite, i === 0 ? one : { ...one, name: `${one.name}, by argument ${i}` }, gradientOf(one.f, i)),
        ),
      ),
    )

    suite.test('of values used more than once add up', async ({ backend }) => {
      const got = await evaluateOne(backend, [host([2], [3, -2])], (x) =>
        grad((y: Tensor) => sum(add(mul(y, y), mul(y, 4))))(x),
      )
      checkEqual('gradient of x^2 + 4x', got.data, [10, 0])
    })
    suite.test('of what does not depend on x are 0', async ({ backend }) => {
      const got = await evaluateOne(backend, [host([2, 2], [1, 2, 3, 4])], (x) =>
        grad((y: Tensor) => sum(stopGradient(y)))(x),
      )
      checkEqual('gradient', got.data, [0, 0, 0, 0])
    })
    suite.test('at ties share', async ({ backend }) => {
      const got = await evaluate(backend, [host([3], [2, 5, 5])], (x) => [
        grad((y: Tensor) => max(y))(x),
        grad((y: Tensor) => sum(maximum(y, 5)))(x),
        grad((y: Tensor) => sum(relu(sub(y, 2))))(x),
      ])
      checkEqual('max', got[0]!.data, [0, 0.5, 0.5])
      checkEqual('maximum', got[1]!.data, [0, 0.5, 0.5])
      checkEqual('relu', got[2]!.data, [0, 1, 1])
    })
    suite.test('of trees have their structure', async ({ backend }) => {
      const got = await evaluate(backend, [host([2], [1, 2]), host([], [3])], (w, b) =>
        grad((p: { w: Tensor; rest: Tensor[] }) => sum(mul(p.w, p.rest[0]!)))({ w, rest: [b] }),
      )
      checkEqual(
        'gradients',
        got.map(({ data }) => data),
        [[3, 3], [3]],
      )
    })
    suite.test('jacobian and hessian', async ({ backend, capabilities }) => {
      const x = host([2], [0.5, -1])
      const [j, h] = await evaluate(backend, [x], (y) => [
        jacobian((z) => mul(z, z))(y),
        hessian((z) => sum(mul(square(z), z)))(y),
      ])
      checkClose('jacobian of x^2', j!, host([2, 2], [1, 0, 0, -2]), { tolerance: COMPOSED, capabilities })
      checkClose('hessian of sum x^3', h!, host([2, 2], [3, 0, 0, -6]), { tolerance: COMPOSED, capabilities })
    })
    suite.test('by their author', async ({ backend }) => {
      const twice = customGradient((x) => ({ value: mul(x, 3), pullback: (upstream) => [mul(upstream, 7)] }))
      checkEqual(
        'gradient',
        (await evaluateOne(backend, [host([2], [1, 2])], (x) => grad((y: Tensor) => sum(twice(y)))(x))).data,
        [7, 7],
      )
    })
    suite.test('a pullback may be called again', async ({ backend }) => {
      const got = await evaluate(backend, [host([2], [1, 2])], (x) => {
        const [, pullback] = vjp((y) => mul(y, y), x)
        const results = [1, 10].map((scale) => pullback(tensor([scale, scale], { backend }))[0]!)
        pullback.dispose()
        return results
      })
      checkEqual(
        'gradients',
        got.map(({ data }) => data),
        [
          [2, 4],
          [20, 40],
        ],
      )
    })
    suite.test('vjp of a function that returns its input', async ({ backend }) => {
      const got = await evaluate(backend, [host([2], [1, 2])], (x) => {
        const [value, pullback] = vjp((y) => y, x)
        const [gradient] = pullback(tensor([3, 4], { backend }))
        pullback.dispose()
        return [value, gradient!]
      })
      checkEqual(
        'value and gradient',
        got.map(({ data }) => data),
        [
          [1, 2],
          [3, 4],
        ],
      )
    })
  })
}

function registerCheck(suite: Suite, { name, shapes, palette }: GradientCase, f: GradientCase['f']): void {
  for (const dtype of ['float64', 'float32'] as const) {
    suite.test(`${name} ${dtype}`, async (context) => {
      const inputs = shapes.map((shape, i) =>
        palette === 'distinct' ? distinct(shape, dtype, i) : fill(shape, dtype, i + 1, palette ?? 'moderate'),
      )
      if (dtype === 'float64') await checkByCore(context, name, f, inputs)
      else await checkByDifferences(context, name, f, inputs, dtype)
    })
  }
}

/** The gradient of sum(f) by one of its arguments, as a function of all of them. */
function gradientOf(f: GradientCase['f'], by: number): GradientCase['f'] {
  return (...xs) => grad((x: Tensor) => sum(f(...xs.map((other, i) => (i === by ? x : other)))))(xs[by]!)
}

/** Numbers that are further apart than any difference steps: multiples of 1/4, none of them 0, in random order. */
function distinct(shape: readonly number[], dtype: Floating, seed: number): HostArray {
  const { data } = fill(shape, dtype, seed)
  const next = generator(seed)
  const order = Array.from(data, () => next())
  const ranks = order.map((value) => order.filter((other) => other < value).length)
  ranks.forEach((rank, i) => {
    data[i] = (rank - Math.floor(data.length / 2)) / 4 + 1 / 8 + seed / 16
  })
  return { shape, dtype, data }
}

async function checkByCore(
  { backend }: Context,
  name: string,
  f: GradientCase['f'],
  inputs: readonly HostArray[],
): Promise<void> {
  const xs = inputs.map((input) => upload(backend, input))
  try {
    const { ok, maxError, worst } = await checkGradients(f, xs, DIFFERENCES.float64)
    check(
      ok,
      () =>
        `gradient of ${name}: input ${worst.input}, element ${worst.element}: got ${worst.analytic}, by differences ${worst.numeric} (off by ${maxError.toPrecision(2)})`,
    )
  } finally {
    for (const x of xs) x.dispose()
  }
}

/** As core's checkGradients, in float32, with a wide step: for backends that have nothing better. */
async function checkByDifferences(
  { backend, capabilities }: Context,
  name: string,
  f: GradientCase['f'],
  inputs: readonly HostArray[],
  dtype: Floating,
): Promise<void> {
  const { epsilon, tolerance } = DIFFERENCES.float32
  const value = await evaluateOne(backend, inputs, f)
  const weights = fill(value.shape, dtype, 99)
  const gradients = await evaluate(backend, [...inputs, weights], (...all) =>
    pullBack(f, all.slice(0, -1), all.at(-1)!),
  )
  const total = async (moved: readonly HostArray[]): Promise<number> =>
    Array.from((await evaluateOne(backend, moved, f)).data).reduce(
      (all, element, i) => all + element * weights.data[i]!,
      0,
    )
  // Half precision leaves differences one digit: look at the shape and the first input's first element alone.
  const probed = capabilities.float32Precision === 16 ? 1 : 4
  for (const [i, input] of inputs.entries()) {
    for (let element = 0; element < Math.min(input.data.length, probed); element++) {
      const shifted = (by: number): readonly HostArray[] =>
        inputs.map((x, k) => {
          if (k !== i) return x
          const data = storageFor(dtype, x.data.length)
          data.set(x.data)
          data[element]! += by
          return { ...x, data }
        })
      const numeric = ((await total(shifted(epsilon))) - (await total(shifted(-epsilon)))) / (2 * epsilon)
      const analytic = gradients[i]!.data[element]!
      const scale = Math.max(1, Math.abs(analytic), Math.abs(numeric)) * (capabilities.float32Precision === 16 ? 16 : 1)
      check(
        Math.abs(analytic - numeric) <= tolerance * scale,
        () =>
          `gradient of ${name}: input ${i} [${input.shape.join(', ')}], element ${element}: got ${analytic}, by differences ${numeric}`,
      )
    }
  }
}
