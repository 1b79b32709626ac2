import { PRIMITIVE_NAMES, rules, type KernelParams, type PrimitiveName, type PrimitiveParams } from '@neurite/core'
import { describeCall, type Call, type CallSource } from '../arbitrary/calls.js'
import { callSources } from '../arbitrary/primitives.js'
import { checkClose } from '../check/compare.js'
import { kernelOf, runKernel } from '../check/device.js'
import { summedUlps, TOLERANCE } from '../check/tolerance.js'
import type { HostArray } from '../reference/host.js'
import { reference, type Reference } from '../reference/table.js'
import type { Context, Suite } from '../suite.js'
import { declares } from './capabilities.js'

/**
 * Every kernel against the reference, for every dtype it takes: shapes from 0-d to 4-d, empty ones, broadcasting,
 * special values.
 */
export function primitiveProperties(suite: Suite): void {
  suite.group('properties of kernels', () => {
    for (const primitive of PRIMITIVE_NAMES) if (primitive !== 'reshape') registerPrimitive(suite, primitive)
  })
}

function registerPrimitive<P extends PrimitiveName>(suite: Suite, primitive: P): void {
  // The table is keyed by P; TypeScript does not carry this through an index by a type parameter.
  const source = callSources[primitive] as CallSource<KernelParams<P>>
  for (const dtype of source.dtypes) {
    suite.property(`${primitive} ${dtype}`, source.calls(dtype), async (context, call) => {
      if (await declares(context, primitive, dtype)) await checkKernel(context, primitive, call)
    })
  }
}

/** One call of a kernel against the reference. */
export async function checkKernel<P extends PrimitiveName>(
  { backend, capabilities }: Context,
  primitive: P,
  { inputs, params }: Call<KernelParams<P>>,
): Promise<void> {
  const kernel = kernelOf(backend, primitive)
  // Optional: core stands in.
  if (kernel === undefined) return
  const expected = (reference[primitive] as Reference<P>)(inputs, params)
  const spec = rules[primitive].infer(inputs, params as PrimitiveParams[P], primitive)
  const got = await runKernel(backend, kernel, inputs, params, spec)
  const tolerance = toleranceOf(primitive, params)
  const call = describeCall(primitive, inputs, params)
  if (typeof tolerance === 'string' || tolerance.of !== 'terms') {
    return checkClose(call, got, expected, { tolerance, capabilities })
  }
  const terms = ofEach(magnitude, primitive, inputs, params)
  const counts = ofEach(one, primitive, inputs, params)
  const ulps = summedUlps(tolerance, Math.max(0, ...counts.data), expected.dtype)
  checkClose(call, got, expected, { tolerance: { ulps }, capabilities, terms })
}

function toleranceOf<P extends PrimitiveName>(primitive: P, params: KernelParams<P>): (typeof TOLERANCE)[P] | 'exact' {
  return 'distribution' in params && params.distribution !== 'normal' ? 'exact' : TOLERANCE[primitive]
}

const magnitude = (value: number): number => Math.abs(value)
const one = (): number => 1

/**
 * The sum of the terms' magnitudes, or their number: the same sum, of absolute values or of ones. What only chooses
 * among elements stays as it is.
 */
function ofEach<P extends PrimitiveName>(
  f: (value: number) => number,
  primitive: P,
  inputs: readonly HostArray[],
  params: KernelParams<P>,
): HostArray {
  const chooses = (i: number): boolean =>
    (primitive === 'maxPool2dGradient' && i === 0) || (primitive === 'scatterAdd' && i === 1)
  return (reference[primitive] as Reference<P>)(
    inputs.map((x, i) => (chooses(i) ? x : { ...x, data: x.data.map(f) })),
    params,
  )
}
