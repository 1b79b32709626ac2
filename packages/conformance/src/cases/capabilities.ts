import {
  arange,
  cast,
  eye,
  full,
  NeuriteError,
  PRIMITIVE_NAMES,
  tensor,
  zeros,
  type DType,
  type PrimitiveName,
} from '@neurite/core'
import { check, checkEqual } from '../check/compare.js'
import { describeError, errorOf, evaluate, kernelOf, upload } from '../check/device.js'
import { fill } from '../arbitrary/values.js'
import type { Context, Suite } from '../suite.js'
import { doors } from './doors.js'

const DTYPES = ['float32', 'float64', 'int32', 'bool'] as const
const OPTIONAL: readonly PrimitiveName[] = ['random', 'softmax', 'logSoftmax']

/**
 * True where the backend declares both. Otherwise checks that core refuses what is not declared: a skip is itself a
 * test.
 */
export async function declares(context: Context, primitive: PrimitiveName, dtype: DType): Promise<boolean> {
  const { capabilities } = context
  if (!capabilities.dtypes.includes(dtype)) {
    await checkRefused(`dtype ${dtype}`, () => zeros([1], { dtype, backend: context.backend }))
    return false
  }
  if (capabilities.missing.includes(primitive)) {
    await checkMissing(context, primitive)
    return false
  }
  return true
}

async function checkRefused(what: string, call: () => unknown): Promise<void> {
  const error = await errorOf(call)
  check(
    NeuriteError.isInstance(error) && error.code === 'NOT_SUPPORTED',
    () => `${what} is not declared, so it must throw NOT_SUPPORTED; got ${describeError(error)}`,
  )
}

async function checkMissing({ backend }: Context, primitive: PrimitiveName): Promise<void> {
  // Core composes optional primitives from others instead of refusing them.
  if (OPTIONAL.includes(primitive)) return
  await checkRefused(primitive, () => evaluate(backend, doors[primitive].inputs, doors[primitive].run))
}

/** What a backend says of itself, and that it keeps to it. */
export function capabilityCases(suite: Suite): void {
  suite.group('capabilities', () => {
    suite.test('the contract is complete', ({ backend, capabilities }) => {
      checkEqual('contractVersion', backend.contractVersion, 1)
      check(typeof backend.name === 'string' && backend.name !== '', () => 'name must be a non-empty string')
      for (const dtype of ['float32', 'int32', 'bool'] as const)
        check(capabilities.dtypes.includes(dtype), () => `every backend has ${dtype}`)
      check(
        capabilities.dtypes.every((dtype) => DTYPES.includes(dtype)),
        () => `unknown dtype in [${capabilities.dtypes.join(', ')}]`,
      )
      check(
        [16, 32].includes(capabilities.float32Precision),
        () => `float32Precision must be 16 or 32, got ${capabilities.float32Precision}`,
      )
      check(
        [24, 32].includes(capabilities.int32Precision),
        () => `int32Precision must be 24 or 32, got ${capabilities.int32Precision}`,
      )
      for (const name of capabilities.missing)
        check(PRIMITIVE_NAMES.includes(name), () => `missing names '${name}', which is no primitive`)
      for (const name of ['upload', 'read', 'release', 'compile', 'memory', 'dispose'] as const)
        check(typeof backend[name] === 'function', () => `${name} must be a function`)
    })

    suite.test('every primitive has a kernel or is declared missing', ({ backend, capabilities }) => {
      const unwritten = PRIMITIVE_NAMES.filter(
        (primitive) =>
          primitive !== 'reshape' &&
          !OPTIONAL.includes(primitive) &&
          !capabilities.missing.includes(primitive) &&
          typeof kernelOf(backend, primitive) !== 'function',
      )
      check(
        unwritten.length === 0,
        () =>
          `${unwritten.length} primitives have no kernel, and capabilities.missing does not say so: ${unwritten.join(', ')}`,
      )
    })

    suite.test('a primitive declared missing is refused', async (context) => {
      for (const primitive of context.capabilities.missing) await checkMissing(context, primitive)
    })

    suite.test('a dtype not declared is refused', async ({ backend, capabilities }) => {
      const x = upload(backend, fill([2], 'float32', 1))
      for (const dtype of DTYPES.filter((name) => !capabilities.dtypes.includes(name))) {
        await checkRefused(`tensor of ${dtype}`, () => tensor([1], { dtype, backend }))
        await checkRefused(`full of ${dtype}`, () => full([2], 1, { dtype, backend }))
        await checkRefused(`arange of ${dtype}`, () => arange(0, 3, { dtype, backend }))
        await checkRefused(`eye of ${dtype}`, () => eye(2, { dtype, backend }))
        await checkRefused(`cast to ${dtype}`, () => cast(x, dtype))
      }
      x.dispose()
    })

    suite.test('synchronous reads are there exactly if declared', async ({ backend, capabilities }) => {
      checkEqual('readSync is there', backend.readSync !== undefined, capabilities.syncRead)
      const x = upload(backend, fill([2, 3], 'float32', 2))
      if (capabilities.syncRead) checkEqual('dataSync', x.dataSync(), await x.data())
      else await checkRefused('dataSync', () => x.dataSync())
      x.dispose()
    })
  })
}
