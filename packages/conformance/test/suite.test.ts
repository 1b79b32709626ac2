import { expect, test } from 'vitest'
import { collectTests, conformance, describeSuite, type CollectedTest } from '../src/index.js'
import { reference } from './support/reference-backend.js'
import type { Backend } from '@neurite/core'
import { erf, erfc, normalQuantile } from '../src/reference/special.js'
import readme from '../README.md?raw'
import { mutants } from './support/mutants.js'

const property = (tests: readonly CollectedTest[], wanted: string): CollectedTest =>
  tests.find(({ path, name }) => path.includes('properties of kernels') && name === wanted)!

const collect = (create: () => Backend | Promise<Backend>) =>
  collectTests((runner) => conformance({ name: 'x', create, runner, runs: 3 }))

test('the README states the numbers that are true', () => {
  const { tests, properties, goldenCases } = describeSuite()
  expect(readme).toContain(
    `${tests} tests, ${properties} of them properties; ${goldenCases} golden cases; ${mutants.length} mutants`,
  )
})

test('every test has a name of its own', () => {
  const names = collect(() => reference() as Backend).map(({ path, name }) => [...path, name].join(' > '))
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

test('a backend that cannot be made fails every test, with its reason', async () => {
  const [first] = collect(() => Promise.reject(new Error('no such device')))
  await expect(first!.run()).rejects.toThrow('no such device')
})

test('a backend may be made asynchronously', async () => {
  const tests = collect(async () => reference())
  await property(tests, 'add float32').run()
})

test('a failure names the call, its shapes, the seed and the first wrong index', async () => {
  const backend = reference()
  const broken = { ...backend, kernels: { ...backend.kernels, floor: backend.kernels.neg } } as Backend
  const one = property(
    collect(() => broken),
    'floor float32',
  )
  await expect(one.run()).rejects.toThrow(
    /^floor\(float32\[.*\]\): first wrong at index \[.*\] of float32\[.*\]: got .*, expected .* exactly\n {2}property 'floor float32', seed 1, run \d+, path '.*', after \d+ shrinks$/,
  )
})

test('the same seed tries the same calls, another seed tries others', async () => {
  const backend = reference()
  const tried = async (seed: number): Promise<string> => {
    const seen: unknown[] = []
    const spied = {
      ...backend,
      kernels: {
        ...backend.kernels,
        add: (...[operands, params, output]: Parameters<typeof backend.kernels.add>) => {
          seen.push(output.shape)
          return backend.kernels.add(operands, params, output)
        },
      },
    } as Backend
    const tests = collectTests((runner) => conformance({ name: 'x', create: () => spied, runner, seed, runs: 20 }))
    await property(tests, 'add float32').run()
    return JSON.stringify(seen)
  }
  expect(await tried(5)).toBe(await tried(5))
  expect(await tried(5)).not.toBe(await tried(6))
})

test('the reference knows erf and the normal quantile', () => {
  // Abramowitz & Stegun, table 7.1; the quantiles are the usual ones of 97.5 % and 0.1 %.
  expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 15)
  expect(erf(2)).toBeCloseTo(0.9953222650189527, 15)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 12)
})

// Made by mpmath with 30 digits.
test.each([
  [-3, 1.9999779095030014],
  [-0.5, 1.5204998778130465],
  [0, 1.0],
  [0.5, 0.47950012218695346],
  [1, 0.15729920705028513],
  [1.25, 0.07709987174354177],
  [2, 0.0046777349810472658],
  [3.5, 7.4309837234141275e-7],
  [5, 1.5374597944280349e-12],
  [9.2, 1.0627315595404888e-38],
  [15.3, 7.9765601254207e-104],
  [20, 5.3958656116079009e-176],
  [26, 5.6631924088561428e-296],
])('the reference knows erfc of %d to its last digits', (x, expected) => {
  expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(4e-15)
})
