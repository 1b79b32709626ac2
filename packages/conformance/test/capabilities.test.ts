import {
  allocate,
  sizeOf,
  type Backend,
  type Kernels,
  type Operand,
  type PrimitiveName,
  type TensorSpec,
} from '@neurite/core'
import { expect, test } from 'vitest'
import { collectTests, conformance } from '../src/index.js'
import { TOLERANCE } from '../src/check/tolerance.js'
import { reference } from './support/reference-backend.js'

/** What fails on a backend. */
async function failures(create: () => Backend): Promise<string[]> {
  const tests = collectTests((runner) => conformance({ name: 'x', create, runner, runs: 4 })).filter(
    ({ path }) => !path.includes('large and odd sizes') && !path.includes('accuracy of long sums'),
  )
  const failed: string[] = []
  for (const { path, name, run } of tests)
    await run().catch((error: unknown) => failed.push(`${[...path, name].join(' > ')}: ${String(error)}`))
  return failed
}

/** Rounds to the eleven binary digits of half precision. */
function half(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 10)
  return Math.round(x / unit) * unit
}

/** Primitives that compute: what only chooses or moves elements keeps them as they are, in whatever precision. */
const ARITHMETIC: readonly string[] = Object.entries(TOLERANCE).flatMap(([primitive, tolerance]) =>
  typeof tolerance === 'string' || primitive === 'random' ? [] : [primitive],
)

/** A device that computes float32 in half precision: every float that arithmetic returns is rounded. */
function halfPrecise(): Backend {
  const backend = reference({ dtypes: ['float32', 'int32', 'bool'] }) as Backend
  const kernels = Object.fromEntries(
    Object.entries(backend.kernels).map(([primitive, kernel]) => [
      primitive,
      (operands: readonly Operand[], params: never, output: TensorSpec) => {
        const storage = kernel(operands, params, output)
        if (output.dtype !== 'float32' || !ARITHMETIC.includes(primitive)) return storage
        const data = allocate('float32', sizeOf(output.shape))
        data.set(Array.from(backend.readSync!(storage, output), half))
        backend.release(storage)
        return backend.upload(data, output)
      },
    ]),
  ) as Kernels
  return { ...backend, capabilities: { ...backend.capabilities, float32Precision: 16 }, kernels }
}

/** A device that computes int32 as float32. */
function intsAsFloats(): Backend {
  const backend = reference({ dtypes: ['float32', 'int32', 'bool'] }) as Backend
  const floats: Readonly<Record<string, (a: number, b: number) => number>> = {
    neg: (a) => -a,
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
  }
  const kernels = Object.fromEntries(
    Object.entries(backend.kernels).map(([primitive, kernel]) => [
      primitive,
      (operands: readonly Operand[], params: never, output: TensorSpec) => {
        const [a, b = a] = operands.map((operand) => backend.readSync!(operand.storage, operand))
        const float = floats[primitive]
        const same = operands.every(
          ({ shape }) => shape.length === output.shape.length && sizeOf(shape) === sizeOf(output.shape),
        )
        if (float === undefined || output.dtype !== 'int32' || !same) return kernel(operands, params, output)
        const data = Int32Array.from(a!, (value, i) =>
          Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.fround(float(value, b![i]!)))),
        )
        return backend.upload(data, output)
      },
    ]),
  ) as Kernels
  return { ...backend, capabilities: { ...backend.capabilities, int32Precision: 24 }, kernels }
}

test('a device that computes int32 as float32 passes if it says so, and fails if it does not', async () => {
  expect(await failures(intsAsFloats)).toEqual([])
  const silent = (): Backend => {
    const backend = intsAsFloats()
    return { ...backend, capabilities: { ...backend.capabilities, int32Precision: 32 } }
  }
  expect((await failures(silent)).map((text) => text.split(' > ').at(-1)?.split(':')[0])).toEqual([
    'int32 neg wraps around',
    'int32 add wraps around',
    'int32 sub wraps around',
    'int32 mul wraps around',
    'neg int32',
    'add int32',
    'sub int32',
    'mul int32',
  ])
})

test('a backend without float64 passes: its absence is checked', async () => {
  expect(await failures(() => reference({ dtypes: ['float32', 'int32', 'bool'] }) as Backend)).toEqual([])
})

test('a backend that can only answer later passes', async () => {
  expect(await failures(() => reference({ asynchronous: true }) as Backend)).toEqual([])
})

test('a backend that declares what it lacks passes', async () => {
  const missing: PrimitiveName[] = ['erf', 'conv2dFilterGradient', 'maxPool2dPick', 'topKIndices', 'cumsum']
  expect(await failures(() => reference({ missing }) as Backend)).toEqual([])
})

test('a device of half precision passes: tolerances widen with the capability', async () => {
  const failed = await failures(halfPrecise)
  expect(failed).toEqual([])
})
