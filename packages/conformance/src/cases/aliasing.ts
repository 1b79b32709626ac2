import {
  add,
  concat,
  div,
  equal,
  gather,
  greater,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  matmul,
  maximum,
  minimum,
  mul,
  PRIMITIVE_NAMES,
  rules,
  sub,
  where,
  type KernelParams,
  type PrimitiveName,
  type PrimitiveParams,
  type Tensor,
} from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import fc from 'fast-check'
import type { CallSource } from '../arbitrary/calls.js'
import { callSources } from '../arbitrary/primitives.js'
import { fill, fillIndices } from '../arbitrary/values.js'
import { check, checkClose } from '../check/compare.js'
import { evaluateOne, hold, kernelOf } from '../check/device.js'
import type { HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'
import { declares } from './capabilities.js'

const square = fill([17, 17], 'float32', 1)
const bools = fill([3, 5], 'bool', 2)
const places = fillIndices([4], 4, 3)

/** Functions of two operands that may be one tensor. */
const TWICE: readonly (readonly [string, HostArray, (a: Tensor, b: Tensor) => Tensor])[] = [
  ['add', square, add],
  ['sub', square, sub],
  ['mul', square, mul],
  ['div', square, div],
  ['maximum', square, maximum],
  ['minimum', square, minimum],
  ['equal', square, equal],
  ['less', square, less],
  ['lessEqual', square, lessEqual],
  ['logicalAnd', bools, logicalAnd],
  ['logicalOr', bools, logicalOr],
  ['where', square, (a, b) => where(greater(a, 0), a, b)],
  ['matmul', square, (a, b) => matmul(a, b)],
  ['matmul, transposed', square, (a, b) => matmul(a, b, { transposeA: true })],
  ['conv2d', fill([3, 3, 3, 3], 'float32', 4), (a, b) => conv2d(a, b, { padding: 'same' })],
  ['concat', square, (a, b) => concat([a, b, a], { axis: 1 })],
  ['gather', places, (a, b) => gather(a, b)],
]

/** One tensor in two places, and what kernels may do with what they are given: read it. */
export function aliasingCases(suite: Suite): void {
  suite.group('aliasing', () => {
    for (const [name, x, f] of TWICE) {
      suite.test(`${name} of a tensor with itself`, async ({ backend, capabilities }) => {
        const twice = await evaluateOne(backend, [x, x], (a, b) => f(a, b))
        const itself = await evaluateOne(backend, [x], (a) => f(a, a))
        checkClose(`${name}(x, x) of [${x.shape.join(', ')}] against ${name}(x, copy of x)`, itself, twice, {
          tolerance: 'exact',
          capabilities,
        })
      })
    }

    for (const primitive of PRIMITIVE_NAMES) {
      if (primitive !== 'reshape')
        suite.test(`${primitive} leaves its inputs alone and returns storage of its own`, (context) =>
          checkOwnership(context, primitive),
        )
    }
  })
}

async function checkOwnership<P extends PrimitiveName>(context: Context, primitive: P): Promise<void> {
  const { backend, capabilities } = context
  const kernel = kernelOf(backend, primitive)
  if (!(await declares(context, primitive, 'float32')) || kernel === undefined) return
  const source = callSources[primitive] as CallSource<KernelParams<P>>
  for (const dtype of source.dtypes) {
    if (!capabilities.dtypes.includes(dtype)) continue
    for (const { inputs, params } of fc.sample(source.calls(dtype), { seed: 7, numRuns: 5 })) {
      const operands = hold(backend, inputs)
      const spec = rules[primitive].infer(inputs, params as PrimitiveParams[P], primitive)
      const before = backend.memory().buffers
      const results = [kernel(operands, params, spec), kernel(operands, params, spec)]
      const storages = new Set([...operands.map(({ storage }) => storage), ...results])
      check(storages.size === operands.length + 2, () => `${primitive} returned storage that was someone else's`)
      check(
        backend.memory().buffers === before + 2,
        () => `${primitive}: two calls left ${backend.memory().buffers - before} new storages, expected 2`,
      )
      for (const [i, operand] of operands.entries()) {
        const now = { ...inputs[i]!, data: await backend.read(operand.storage, operand) }
        checkClose(`${primitive}: input ${i} after the call`, now, inputs[i]!, { tolerance: 'exact', capabilities })
      }
      for (const storage of storages) backend.release(storage)
    }
  }
}
