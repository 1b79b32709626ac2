import { expect, test } from 'vitest'
import { extractFences } from '../src/extract.js'

test('a document: ts fences only, with their lines', () => {
  const text = ['# Title', '```sh', 'ls', '```', '```ts', 'a', 'b', '```', '', '```ts no-run', 'c', '```'].join('\n')
  expect(extractFences('README.md', text)).toEqual([
    { file: 'README.md', line: 6, code: 'a\nb', run: true, docstring: false },
    { file: 'README.md', line: 11, code: 'c', run: false, docstring: false },
  ])
})

test('a source file: fences inside doc comments, without their stars', () => {
  const text = [
    'const notADoc = `',
    '```ts',
    'x',
    '```',
    '`',
    '/** One line. */',
    'export class Some {',
    '  /**',
    '   * Adds.',
    '   *',
    '   * @example',
    '   * ```ts',
    '   * if (true) {',
    '   *   add(1, 2) // => 3',
    '   * }',
    '   * ```',
    '   */',
    '}',
  ].join('\n')
  expect(extractFences('some.ts', text)).toEqual([
    { file: 'some.ts', line: 13, code: 'if (true) {\n  add(1, 2) // => 3\n}', run: true, docstring: true },
  ])
})

test('a fence inside a list loses the list indentation', () => {
  expect(extractFences('a.md', '1. step\n   ```ts\n   a\n     b\n   ```')[0]?.code).toBe('a\n  b')
})

test('a fence that is never closed is an error with its line', () => {
  expect(() => extractFences('a.md', 'x\n```ts\ny')).toThrow('a.md:2: a ts fence is opened and never closed')
})
