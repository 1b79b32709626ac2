import { NeuriteError } from '@neurite/core'
import { expect, test } from 'vitest'
import { badFile, blamed, blameFile } from '../src/index.js'

const option = new NeuriteError('INVALID_ARGUMENT', 'dense: units must be a whole number >= 1, got 0.', { units: 0 })

const thrown = (error: unknown, ...code: ['BAD_CHECKPOINT'?]): unknown => {
  try {
    return blameFile('loadModel: the model', () => { throw error }, ...code) // prettier-ignore
  } catch (caught) {
    return caught
  }
}

test("an error of what reads a file's content becomes the file's, and says what it said", () => {
  expect(thrown(option)).toMatchObject({
    code: 'BAD_FILE',
    message: 'loadModel: the model: dense: units must be a whole number >= 1, got 0. [BAD_FILE]',
    details: { units: 0 },
    cause: option,
  })
  const plain = new TypeError('x is not iterable')
  expect(thrown(plain)).toMatchObject({
    code: 'BAD_FILE',
    message: 'loadModel: the model: x is not iterable. [BAD_FILE]',
    details: {},
    cause: plain,
  })
  expect(thrown('stopped')).toMatchObject({ message: 'loadModel: the model: stopped. [BAD_FILE]', cause: 'stopped' })
})

test('one that blames the file already stays as it is', () => {
  const known = badFile('decodeModel', 'it ends after 3 bytes')
  expect(known).toMatchObject({ message: 'decodeModel: it ends after 3 bytes. [BAD_FILE]', details: {} })
  expect(thrown(known)).toBe(known)
  expect(thrown(known, 'BAD_CHECKPOINT')).toMatchObject({
    code: 'BAD_CHECKPOINT',
    message: 'loadModel: the model: decodeModel: it ends after 3 bytes. [BAD_CHECKPOINT]',
    cause: known,
  })
  expect(blamed('loadModel', option, 'INVALID_ARGUMENT')).toBe(option)
})

test('what reads without an error passes its value on', () => {
  expect(blameFile('loadModel', () => 3)).toBe(3)
})
