import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  crossValidate,
  gridSearch,
  learningRateFinder,
  randomSearch,
  successiveHalving,
  workerPool,
} from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const data = { x: [[0], [1], [2], [3], [4], [5]], y: [1, 3, 5, 7, 9, 11] }
const model = sequential([dense(1)])
const searching = {
  mode: ['lower', 1],
  seed: [0.5, '0'],
  concurrency: [0, '2'],
  signal: [true, {}],
  leaderboard: [{}, [3]],
  onTrial: ['log'],
}
const ofFit = { loss: ['mse'], seed: [0.5], batchSize: [0], backend: ['cpu'], dtype: ['float16'] }

/** Each function with options that suit it, values that do not, and a slip of the hand. */
const functions: readonly (readonly [
  name: string,
  call: (options: object) => unknown,
  good: object,
  wrong: Readonly<Record<string, readonly unknown[]>>,
  slip: readonly [given: string, meant: string],
])[] = [
  ['gridSearch', (o) => gridSearch({ a: [1] }, () => 0, o), {}, searching, ['concurency', 'concurrency']],
  [
    'randomSearch',
    (o) => randomSearch({ a: [1] }, () => 0, o as never),
    { trials: 1 },
    { ...searching, trials: [0, undefined, 1.5] },
    ['trial', 'trials'],
  ],
  [
    'successiveHalving',
    (o) => successiveHalving({ a: [1] }, () => 0, o as never),
    { trials: 3, maxResource: 3 },
    { ...searching, trials: [0], minResource: [0, 4], maxResource: [undefined, Infinity, 0.5], factor: [1, 2.5] },
    ['max_resource', 'maxResource'],
  ],
  [
    'crossValidate',
    (o) => crossValidate(model, data, o as never),
    { loss: mse, optimizer: sgd(), epochs: 1, folds: 2 },
    { ...ofFit, folds: [1, '5'], prepare: [{}], optimizer: [sgd], epochs: [0, undefined], metrics: [[]] },
    ['fold', 'folds'],
  ],
  [
    'learningRateFinder',
    (o) => learningRateFinder(model, data, o as never),
    { loss: mse, optimizer: (learningRate: number) => sgd({ learningRate }), steps: 10 },
    { ...ofFit, optimizer: [sgd()], minimum: [0, 20], maximum: [Infinity, 1e-7], steps: [9, 10.5] },
    ['max', 'maximum'],
  ],
  [
    'workerPool',
    (o) => workerPool(() => [] as never, o as never),
    { workers: 1 },
    { workers: [0, '4'] },
    ['worker', 'workers'],
  ],
]

describe.each(functions)('%s', (where, call, good, wrong, [given, meant]) => {
  // A function that throws at once, and one whose promise rejects.
  const outcome = async (options: object): Promise<unknown> => call(options)
  test('takes what suits it', async () => {
    await expect(outcome(good)).resolves.toBeDefined()
  })
  test.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    '%s: %o is refused by name',
    async (name, value) => {
      await expect(outcome({ ...good, [name]: value })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(new RegExp(`^${where}: .*(${name}|minimum|minResource).* must be `)) as string,
      })
    },
  )
  test(`suggests ${meant} for ${given}`, async () => {
    await expect(outcome({ ...good, [given]: 1 })).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringContaining(`Did you mean '${meant}'?`) as string,
    })
  })
})
