import { expect, test } from 'vitest'
import { cpu } from '@neurite/backend-cpu'
import { compile, pow, power, tensor } from '@neurite/core'

// `**` has other bits from engine to engine.
test.each(['float32', 'float64'] as const)('pow of %s has the bits of power, compiled or not', async (dtype) => {
  const backend = cpu()
  const values = Float64Array.from({ length: 500 }, (_, i) => 0.013 * i + 0.37)
  const exponents = values.map((value) => 7.7 - 3 * value)
  const [x, y] = [tensor(values, { dtype, backend }), tensor(exponents, { dtype, backend })]
  const [a, b] = [await x.data(), await y.data()]
  const expected = Array.from(a, (value, i) => power(value, b[i]!))
  const rounded = Array.from(dtype === 'float32' ? Float32Array.from(expected) : expected)
  expect(Array.from(await pow(x, y).data())).toEqual(rounded)
  expect(Array.from(await compile(pow)(x, y).data())).toEqual(rounded)
})
