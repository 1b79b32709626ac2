import {
  clip,
  gather,
  grad,
  hardSigmoid,
  hardTanh,
  hessian,
  norm,
  oneHot,
  pow,
  relu6,
  softplus,
  standardDeviation,
  sum,
  type Tensor,
} from '@neurite/core'
import { checkClose, checkEqual } from '../check/compare.js'
import { evaluate, evaluateOne } from '../check/device.js'
import { COMPOSED } from '../check/tolerance.js'
import { host } from '../reference/host.js'
import type { Suite } from '../suite.js'

/** What core composes, where formulas have their ends: kinks, zeros, squares that leave float32, indices that are none. */
export function endCases(suite: Suite): void {
  suite.group('ends of formulas', () => {
    suite.test('norms of numbers whose squares leave float32', async ({ backend, capabilities }) => {
      if (capabilities.float32Precision === 16) return
      for (const scale of [1e20, 1e-22]) {
        const got = await evaluate(backend, [host([2], [3 * scale, -4 * scale])], (x) => [
          norm(x),
          grad((y: Tensor) => norm(y))(x),
          standardDeviation(x),
        ])
        const expected = [host([], [5 * scale]), host([2], [0.6, -0.8]), host([], [3.5 * scale])]
        got.forEach((one, i) =>
          checkClose(`${['norm', 'its gradient', 'standardDeviation'][i]!} at ${scale}`, one, expected[i]!, {
            tolerance: { ulps: 64 },
            capabilities,
          }),
        )
      }
      const zero = await evaluateOne(backend, [host([2], [0, 0])], (x) => grad((y: Tensor) => norm(y))(x))
      checkEqual('gradient of a norm of 0', zero.data, [0, 0])
    })

    suite.test('gradients at kinks', async ({ backend, capabilities }) => {
      const at = async (f: (x: Tensor) => Tensor, points: readonly number[], expected: readonly number[]) =>
        checkClose(
          `gradient at ${points.join(', ')}`,
          await evaluateOne(backend, [host([points.length], [...points])], (x) => grad((y: Tensor) => sum(f(y)))(x)),
          host([points.length], [...expected]),
          { tolerance: COMPOSED, capabilities },
        )
      await at(relu6, [0, 3, 6], [0, 1, 0])
      await at(hardTanh, [-1, 0, 1], [0, 1, 0])
      await at(hardSigmoid, [-3, 0, 3], [0, 1 / 6, 0])
      await at((x) => clip(x, { minimum: 0, maximum: 1 }), [-1, 0, 0.5, 1, 2], [0, 1, 1, 1, 0])
    })

    suite.test('second derivatives at 0', async ({ backend, capabilities }) => {
      const got = await evaluate(backend, [host([1], [0])], (x) => [
        hessian((y) => sum(softplus(y)))(x),
        hessian((y) => sum(pow(y, 0)))(x),
        hessian((y) => sum(pow(y, 2)))(x),
      ])
      ;[0.25, 0, 2].forEach((value, i) =>
        checkClose(['softplus', 'x^0', 'x^2'][i]!, got[i]!, host([1, 1], [value]), {
          tolerance: COMPOSED,
          capabilities,
        }),
      )
    })

    suite.test('an index that is none picks nothing', async ({ backend }) => {
      const indices = host([6], [1, 0.5, NaN, 1.5, -1, 2])
      const picked = await evaluateOne(backend, [host([2], [5, 6]), indices], (x, i) => gather(x, i))
      checkEqual('gather', picked.data, [6, 0, 0, 0, 0, 0])
      const hot = await evaluateOne(backend, [indices], (i) => oneHot(i, { classes: 2 }))
      checkEqual('oneHot', hot.data, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    })
  })
}
