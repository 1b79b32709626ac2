import {
  activation,
  addNodes,
  call,
  checkIndices,
  dense,
  dropout,
  embedding,
  flatten,
  graph,
  input,
  inputIndices,
  layer,
  outputActivation,
  residual,
  sequential,
} from '@neurite/nn'
import { expect, test } from 'vitest'

const softmax = dense(3, { activation: 'softmax' })

test('a model ends with the activation of the last layer that changes numbers', () => {
  expect(outputActivation(softmax)).toBe('softmax')
  expect(outputActivation(sequential([dense(4, { activation: 'relu' }), softmax, dropout(0.5), flatten()]))).toBe(
    'softmax',
  )
  expect(outputActivation(sequential([dense(4, { activation: 'relu' }), dense(2)]))).toBe('identity')
  expect(outputActivation(sequential([dense(2), activation('sigmoid')]))).toBe('sigmoid')
  expect(outputActivation(sequential([sequential([dense(2), activation('tanh')]), dropout(0.1)]))).toBe('tanh')
  expect(outputActivation(sequential([dropout(0.1), flatten()]))).toBeUndefined()
  expect(outputActivation(dense(2, { activation: (x) => x }))).toBeUndefined()
  const x = input([3])
  expect(outputActivation(graph({ inputs: x, outputs: call(dropout(0.5), call(flatten(), call(softmax, x))) }))).toBe(
    'softmax',
  )
  // A sum of branches has none, nor has what is added to its input.
  expect(outputActivation(graph({ inputs: x, outputs: addNodes([call(softmax, x), x]) }))).toBeUndefined()
  expect(outputActivation(residual(softmax))).toBeUndefined()
})

test('a model takes indices where its first layer that changes numbers does', () => {
  const words = embedding(7, 2)
  expect(inputIndices(words)).toBe(7)
  expect(inputIndices(sequential([dropout(0), flatten(), words]))).toBe(7)
  expect(inputIndices(sequential([sequential([flatten(), words]), dense(1)]))).toBe(7)
  expect(inputIndices(sequential([dense(3), words]))).toBeUndefined()
  expect(inputIndices(sequential([activation('relu'), words]))).toBeUndefined()
  expect(inputIndices(sequential([flatten()]))).toBeUndefined()
  expect(inputIndices(residual(words))).toBe(7)
  expect(inputIndices(layer({ name: 'counts', indices: 4, apply: (_, x) => x }))).toBe(4)
  // Of several layers that read the input, the fewest; none that reads something else.
  const x = input([1])
  const [many, few] = [call(embedding(9, 2), x), call(embedding(5, 2), call(dropout(0), x))]
  expect(inputIndices(graph({ inputs: x, outputs: addNodes([many, few]) }))).toBe(5)
  expect(inputIndices(graph({ inputs: x, outputs: addNodes([few, many]) }))).toBe(5)
  expect(inputIndices(graph({ inputs: x, outputs: call(words, call(dense(1), x)) }))).toBeUndefined()
})

test('what is no index is refused by row', () => {
  const check = (...data: number[]) =>
    checkIndices('predict: x', { shape: [data.length / 2, 2], data: Float32Array.from(data) }, 3)
  expect(() => check(0, 2, 1, 0)).not.toThrow()
  for (const wrong of [3, -1, 1.5, NaN, Infinity])
    expect(() => check(0, 1, 2, 2, 1, wrong), String(wrong)).toThrow(
      `predict: x: row 2 holds ${wrong}, but the model takes indices: whole numbers from 0 to 2`,
    )
  expect(() => check(0, 3, 1, 0)).toThrow(/row 0/)
})
