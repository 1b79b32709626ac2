import { cpu } from '@neurite/backend-cpu'
import { key, NeuriteError, setDefaultBackend, zeros } from '@neurite/core'
import { expect, test } from 'vitest'
import { initializerFromConfig } from '../src/initializers/from-config.js'
import { orthogonal } from '../src/initializers/index.js'
import {
  addNodes,
  avgPool2d,
  checkIndices,
  concatNodes,
  configOf,
  conv2d,
  dense,
  input,
  layer,
  layerFromConfig,
  maxPool2d,
  multiplyNodes,
  residual,
  sequential,
  resolveActivation,
  shapeError,
} from '../src/index.js'

setDefaultBackend(cpu())

const wrong = (value: unknown): never => value as never
const wide = { padding: wrong([[3, 0] as const, [0, 0] as const]), window: 2 }
const wideDetails = { padding: [[3, 0], [0, 0]], window: [2, 2] } // prettier-ignore
const nodes = [input([2, 3]), input([3, 3])]

const REFUSED: readonly (readonly [call: () => unknown, details: Readonly<Record<string, unknown>>])[] = [
  [() => resolveActivation(wrong('rleu')), { activation: 'rleu' }],
  [() => initializerFromConfig('dense', 'hee'), { config: 'hee' }],
  [() => orthogonal()([3], key(0)), { shape: [3] }],
  [() => addNodes([input([3]), input([1, 3])]), { a: [3], b: [1, 3] }],
  [() => multiplyNodes([input([3]), input([4])]), { a: [3], b: [4] }],
  [() => concatNodes(nodes), { shapes: [[2, 3], [3, 3]] }], // prettier-ignore
  [() => concatNodes(nodes, { axis: 3 }), { axis: 3 }],
  [() => residual(dense(3)).outputShape([2]), { inputShape: [2], output: [3] }],
  [() => shapeError('pairs', 'rows, 2', [3]), { inputShape: [3] }],
  [() => dense(3).outputShape([]), { inputShape: [] }],
  [() => conv2d(1, { kernelSize: 5 }).outputShape([4, 4, 1]), { inputShape: [4, 4, 1] }],
  [() => maxPool2d(wide), wideDetails],
  [() => avgPool2d(wide), wideDetails],
  [() => configOf(layer({ name: 'own', outputShape: (shape) => shape, apply: (_, x) => x })), { path: 'own' }],
  [() => configOf(dense(1, { activation: (x) => x })), { path: 'dense' }],
  [() => layerFromConfig({ kind: 'dnse' }), { kind: 'dnse' }],
  [() => checkIndices('predict', { shape: [2, 1], data: Float64Array.of(1, 7) }, 5), { row: 1, value: 7 }],
]

test('the details of an error are the values that its message names', () => {
  for (const [call, details] of REFUSED) {
    const error = refusalOf(call)
    expect(error.details, error.message).toEqual(details)
    for (const part of JSON.stringify(Object.values(details)).match(/\w+/g) ?? [])
      expect(error.message.replace(/ \[\w+\]$/, '')).toContain(part)
  }
})

test('params and states that are none: what came is named', () => {
  const model = sequential([dense(1), dense(1)])
  const x = zeros([1, 2])
  for (const [params, got] of [
    [undefined, 'nothing'],
    [{}, 'object'],
    [3, 'number'],
    [[{}], 'an array of 1'],
  ] as const) {
    const error = refusalOf(() => model.apply(wrong(params), x))
    expect(error.code).toBe('NOT_INITIALIZED')
    expect(error.message).toMatch(
      new RegExp(`params must be an array with an entry for each of its 2 layers, got ${got};`),
    )
  }
})

function refusalOf(call: () => unknown): NeuriteError {
  try {
    const made = call()
    if (NeuriteError.isInstance(made)) return made
  } catch (error) {
    if (NeuriteError.isInstance(error)) return error
  }
  throw new Error(`not refused: ${String(call)}`)
}
