import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TypedArray } from '@neurite/core'
import { arraysText, type Arrays } from '../../src/javascript/weights.js'

const lengths = { maxLength: 40, size: 'max' as const }
const noNaN = { noNaN: true, noDefaultInfinity: true }
const arrays = fc.array(
  fc.oneof(
    fc.float32Array({ ...lengths, ...noNaN }).map((data) => ({ dtype: 'float32' as const, data })),
    fc.float64Array({ ...lengths, ...noNaN }).map((data) => ({ dtype: 'float64' as const, data })),
    fc.int32Array(lengths).map((data) => ({ dtype: 'int32' as const, data })),
    fc.uint8Array({ ...lengths, max: 1 }).map((data) => ({ dtype: 'bool' as const, data })),
  ),
  { minLength: 1, maxLength: 6 },
)

test('weights come back bit by bit, written in digits or in bytes', async () => {
  const ways = new Set<boolean>()
  await fc.assert(
    fc.asyncProperty(arrays, async (list) => {
      const named: Arrays = new Map(list.map((array, i) => [`w${i}`, array]))
      const text = arraysText(named)
      ways.add(text.includes('atob'))
      const module = `${text}\nexport default [${[...named.keys()].join(', ')}]`
      const { default: found } = (await import(
        /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(module)}`
      )) as { readonly default: readonly TypedArray[] }
      expect(found.map((data) => data.constructor.name)).toEqual(list.map(({ data }) => data.constructor.name))
      for (const [i, { data }] of list.entries()) {
        expect(Array.from(found[i]!, (value) => (Object.is(value, -0) ? '-0' : value))).toEqual(
          Array.from(data, (value) => (Object.is(value, -0) ? '-0' : value)),
        )
      }
    }),
  )
  expect(ways.size).toBe(2)
})
