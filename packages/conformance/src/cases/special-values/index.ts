import { checkClose } from '../../check/compare.js'
import { evaluateOne } from '../../check/device.js'
import type { Suite } from '../../suite.js'
import { ELEMENTWISE } from './elementwise.js'
import { MOVING } from './movement.js'
import { REDUCING } from './reductions.js'
import { within24Bits, type SpecialCase } from './special-case.js'
import { WINDOWED } from './windows.js'

/** NaN, infinities, -0, overflow, nothing to reduce, equals, wrapping whole numbers. */
export function specialValueCases(suite: Suite): void {
  const register = (cases: readonly SpecialCase[]): void =>
    cases.forEach((special) => {
      const { name, run } = special
      suite.test(name, async ({ backend, capabilities }) => {
        const tried = capabilities.int32Precision === 32 ? special : within24Bits(special)
        if (tried === undefined) return
        const { inputs, expected } = tried
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
    suite.group('windows and products', () => register(WINDOWED))
  })
}
