import { setDefaultBackend, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { expect, test } from 'vitest'
import { layer } from '../src/index.js'

setDefaultBackend(cpu())

const apply = (_: object, x: Tensor): Tensor => x
const define = (more: object) => () => layer({ name: 'mine', apply, ...more })

test.each([
  ['outputshape', 'outputShape'],
  ['params', 'parameters'],
  ['paramaters', 'parameters'],
  ['features_', 'features'],
  ['regulariser', 'regularizer'],
])('a definition with %s is refused', (wrong, meant) => {
  const message = wrong === 'params' ? /unknown option 'params'/ : new RegExp(`unknown option '${wrong}'.*'${meant}'`)
  expect(define({ [wrong]: () => ({}) })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION', message: expect.stringMatching(message) as string }),
  )
})

test.each(['parameters', 'state', 'features', 'outputShape', 'apply', 'forward'])('%s must be a function', (part) => {
  expect(define({ [part]: [3] })).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^layer: ${part} must be a function`)) as string,
    }),
  )
})

test('a definition needs a name, and may leave parts undefined', () => {
  expect(define({ name: undefined })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  expect(define({ outputShape: undefined, activation: undefined })().outputShape([3])).toEqual([3])
})
