import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describeSuite } from '@neurite/conformance'
import { PRIMITIVE_NAMES } from '@neurite/core'
import { expect, test } from 'vitest'

const docs = resolve(import.meta.dirname, '../../../docs')
const guide = readFileSync(join(docs, 'write-your-own-backend.md'), 'utf8')
const blocks = [...guide.matchAll(/\[`[^`]+`\]\((?<path>[^)]+)\):\n\n```typescript\n(?<code>[^]*?)\n```/g)].map(
  ({ groups = {} }) => ({ path: groups['path'] ?? '', code: groups['code'] ?? '' }),
)

test.each(blocks)('the block of $path is what the file says', ({ path, code }) => {
  expect(readFileSync(join(docs, path), 'utf8')).toContain(code)
})

test('every block of code names its file', () => {
  expect(blocks.length).toBeGreaterThan(5)
  expect(guide.match(/```typescript/g)).toHaveLength(blocks.length)
})

test('every link leads somewhere', () => {
  const targets = [...guide.matchAll(/\]\((\.\.[^)#]+)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([])
})

test('every primitive is explained', () => {
  expect(PRIMITIVE_NAMES.filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
})

test('the output shown is that of a suite of this size', () => {
  const { tests } = describeSuite()
  expect(guide).toContain(`${tests} of ${tests} tests passed`)
})
