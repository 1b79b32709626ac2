import { expect, test } from 'vitest'
import { add, checkArgument, ERROR_CODES, NeuriteError, setDefaultBackend, zeros } from '../src/index.js'
import { checkOptions } from '../src/errors/check.js'
// @boundaries-ignore a document has no name to import it by
import documentation from '../../../docs/errors.md?raw'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

test('docs/errors.md has a section for each code, in the order of the table', () => {
  const sections = [...documentation.matchAll(/^## (\S+)$/gm)].map(([, code]) => code)
  expect(sections).toEqual(Object.keys(ERROR_CODES))
})

test('docs/errors.md says what each code means in the words of the table', () => {
  for (const [code, meaning] of Object.entries(ERROR_CODES)) {
    const section = documentation.split(`\n## ${code}\n`)[1]?.split('\n## ')[0] ?? ''
    expect(section.replaceAll(/\s+/g, ' ').toLowerCase(), code).toContain(meaning.toLowerCase())
  }
})

test('docs/errors.md promises no code that does not exist', () => {
  for (const [, code] of documentation.matchAll(/throws ([A-Z_]{4,})/g)) expect(ERROR_CODES).toHaveProperty(code!)
})

test('an error carries its code, its words and its values', async () => {
  const error = await expectCode(() => add(zeros([2]), zeros([3])), 'SHAPE_MISMATCH')
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('NeuriteError')
  expect(error.message).toMatch(/^add: .*\[SHAPE_MISMATCH\]$/)
  expect(error.details).toMatchObject({ a: [2], b: [3] })
})

test('a cause is kept, and none is made up', () => {
  const cause = new Error('below')
  expect(new NeuriteError('ABORTED', 'stopped', {}, cause).cause).toBe(cause)
  expect('cause' in new NeuriteError('ABORTED', 'stopped')).toBe(false)
})

test('an error of another copy of the package is recognised', () => {
  const foreign = Object.defineProperty(new Error('x'), Symbol.for('neurite.error'), { value: true })
  expect(foreign instanceof NeuriteError).toBe(false)
  expect(NeuriteError.isInstance(foreign)).toBe(true)
  for (const value of [new Error('x'), null, undefined, 'SHAPE_MISMATCH'])
    expect(NeuriteError.isInstance(value)).toBe(false)
})

test('checkOptions names the option and the known ones', async () => {
  checkOptions('f', { a: 1 }, ['a', 'b'])
  const error = await expectCode(
    () => checkOptions('f', { c: 1 }, ['a', 'b']),
    'UNKNOWN_OPTION',
    "f: unknown option 'c'",
    'a, b',
  )
  expect(error.details).toEqual({ option: 'c', allowed: ['a', 'b'] })
  await expectCode(() => checkOptions('f', { c: 1 }, []), 'UNKNOWN_OPTION', 'it takes none')
  for (const options of [null, undefined, 3, []])
    await expectCode(() => checkOptions('f', wrong(options), []), 'INVALID_ARGUMENT', 'f')
})

test('checkArgument writes its message only when it is needed', async () => {
  checkArgument(true, () => {
    throw new Error('must not be called')
  })
  await expectCode(() => checkArgument(false, () => 'f: x is wrong.', { x: 1 }), 'INVALID_ARGUMENT', 'f: x is wrong.')
})
