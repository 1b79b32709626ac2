import type { PrimitiveName } from '@neurite/core'
import { traitsOf, type Traits } from './traits.js'

/** Which primitives an engine of tfjs runs by a composition, and why: the README's table is made of this. */
export function compositionsOf(engine: string, has: (kernel: string) => boolean): ReadonlyMap<PrimitiveName, string> {
  const traits = traitsOf(engine)
  const result = new Map<PrimitiveName, string>()
  for (const { primitives, because, when } of REASONS) {
    if (when(traits, has)) for (const primitive of primitives) result.set(primitive, because)
  }
  return result
}

interface Reason {
  readonly primitives: readonly PrimitiveName[]
  readonly because: string
  readonly when: (traits: Traits, has: (kernel: string) => boolean) => boolean
}

const always = (): boolean => true

const REASONS: readonly Reason[] = [
  { primitives: ['sign'], because: 'Sign of NaN is 0', when: ({ signsNear0 }) => signsNear0 },
  { primitives: ['sign'], because: 'Sign is 0 up to 1e-7', when: ({ signsNear0 }) => !signsNear0 },
  { primitives: ['cast'], because: 'Cast to int32 wraps around', when: always },
  { primitives: ['erf'], because: 'Erf loses digits near 0', when: always },
  { primitives: ['erfc'], because: 'no such kernel', when: always },
  { primitives: ['maxPool2d'], because: 'MaxPool passes over NaN', when: always },
  {
    primitives: ['conv2d', 'avgPool2d'],
    because: 'Conv2D of one weight and AvgPool make -Infinity of NaN',
    when: ({ windowsKeepNaN }) => !windowsKeepNaN,
  },
  {
    primitives: ['max', 'min'],
    because: 'Max and Min end at 1e20: once more, scaled',
    when: ({ extremesFrom }) => extremesFrom === '1e20',
  },
  { primitives: ['abs'], because: 'Abs of int32 is rounded', when: always },
  { primitives: ['sum'], because: 'Sum adds in a row: in blocks', when: ({ sumsUpTo }) => sumsUpTo < Infinity },
  { primitives: ['maxPool2dPick'], because: 'no such kernel', when: always },
  { primitives: ['topKIndices'], because: 'TopK has no order for NaN', when: always },
  { primitives: ['avgPool2dGradient'], because: 'AvgPoolGrad counts padding', when: always },
  {
    primitives: ['argMax', 'argMin'],
    because: 'ArgMax and ArgMin pass over NaN',
    when: ({ firstIndex }) => firstIndex,
  },
  {
    primitives: ['argMax', 'argMin'],
    because: 'ArgMax and ArgMin take any of equals',
    when: ({ firstIndex }) => !firstIndex,
  },
  {
    primitives: ['maximum', 'minimum'],
    because: 'Maximum and Minimum lose a NaN',
    when: ({ extremesKeepNaN }) => extremesKeepNaN !== 'either',
  },
  { primitives: ['relu'], because: 'Relu of -Infinity is NaN', when: ({ relu }) => relu === 'Maximum' },
  { primitives: ['div'], because: 'RealDiv makes 0 / 0 1', when: ({ exactDivision }) => !exactDivision },
  { primitives: ['pow'], because: 'Pow of int32 is inexact', when: ({ exactPower }) => exactPower },
  { primitives: ['pow'], because: 'Pow of 0, NaN and int32 is inexact', when: ({ exactPower }) => !exactPower },
  {
    primitives: ['matmul'],
    because: 'BatchMatMul reads behind an odd inner extent, which is cleared first',
    when: ({ clearBorders }) => !clearBorders,
  },
  {
    primitives: ['matmul'],
    because: 'BatchMatMul of transposed operands is slow: they are transposed first',
    when: ({ turnsFirst }) => turnsFirst,
  },
  {
    primitives: ['conv2dFilterGradient'],
    because: 'no Conv2DBackpropFilter: patches and a matrix product',
    when: (_, has) => !has('Conv2DBackpropFilter'),
  },
  {
    primitives: ['conv2dFilterGradient'],
    because: 'Conv2DBackpropFilter is slow: patches and a matrix product',
    when: ({ filterGradient }, has) => !filterGradient && has('Conv2DBackpropFilter'),
  },
  {
    primitives: ['maxPool2dGradient'],
    because: 'MaxPoolGrad is not relied on: slices and comparisons',
    when: ({ poolGradient }) => poolGradient === 'unproven',
  },
  {
    primitives: ['maxPool2dGradient'],
    because: 'MaxPoolGrad takes the last of equals: the image is turned',
    when: ({ poolGradient }) => poolGradient === 'last',
  },
  {
    primitives: ['cumsum'],
    because: 'Cumsum depends on the precision of pow',
    when: ({ scans }) => scans === 'wrongly',
  },
  { primitives: ['cumsum'], because: 'Cumsum adds in a row: in blocks', when: ({ scans }) => scans === 'in a row' },
  { primitives: ['gather'], because: 'GatherV2 has no 0 for indices out of range', when: always },
]
