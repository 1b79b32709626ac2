import { tensor } from '@neurite/core'
import * as losses from '@neurite/losses'
import type { DescribedLoss } from '@neurite/losses'
import type { Entry, Factory } from '../factory.js'
import { kind } from '../kinds.js'

const float64 = (values: unknown): ReturnType<typeof tensor> => tensor(values as number[][], { dtype: 'float64' })

const prediction = float64([
  [0.2, 0.5, 0.3],
  [0.6, 0.1, 0.3],
])
const TARGETS = {
  values: float64([
    [0, 1, 0],
    [1, 0, 3.5],
  ]),
  rows: float64([
    [0, 0.75, 0.25],
    [1, 0, 0],
  ]),
  signs: float64([
    [-1, 1, 1],
    [1, -1, 1],
  ]),
  indices: tensor([1, 0], { dtype: 'int32' }),
}

const weights = tensor([1, 3], { dtype: 'float64' })

const tried = (made: DescribedLoss): unknown =>
  [{}, { weights }].map((options) => made(prediction, TARGETS[made.targets], options))

const { lossFromConfig, ...kinds } = losses

const factories = Object.fromEntries(
  Object.entries(kinds).map(([name, make]): [string, Factory<DescribedLoss>] => [
    name,
    {
      make,
      tried,
      says: ({ options }) => options,
      restored: ({ kind: name, options }) => tried(lossFromConfig({ kind: name, ...options })),
      kinds: {
        classWeights: kind([1, '1', {}, [-1, 1, 1], [NaN, 1, 1], [1, '2', 1]], [[1, 2, 3]]),
      },
      ...(name.startsWith('su') || name === 'sse' ? { standard: { reduction: 'sum' } } : {}),
    },
  ]),
)

export const lossFunctions: Entry = {
  source: 'packages/losses/src/index.ts',
  exports: losses,
  factories,
  others: { 'restores: every loss goes through it': ['lossFromConfig'] },
}
