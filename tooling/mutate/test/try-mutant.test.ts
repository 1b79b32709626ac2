import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Tests } from '../src/tests.js'
import { caughtBy, coverage } from '../src/try-mutant.js'

// In this package's own folder, since the tests in it need vitest. Their names hide them from this package's run.
const folder = join(import.meta.dirname, '../.reports/tried')
const file = join(folder, 'source.ts')
const text = `import { appendFileSync } from 'node:fs'
export const sum = (a: number, b: number) => a + b
export const product = (a: number, b: number) => a * b
export const unused = () => 1 - 1
void appendFileSync
`
const check = (name: string, body: string): void =>
  writeFileSync(
    join(folder, `${name}.check.ts`),
    `import { expect, test } from 'vitest'\nimport { product, sum } from './source.js'\ntest('${name}', async () => {\n${body}\n})\n`,
  )

const tests = new Tests(folder)
beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'vitest.config.js'), 'export default { test: { include: ["*.check.ts"] } }')
  writeFileSync(file, text)
  check('adds', 'expect(sum(1, 2)).toBe(3)')
  check('adds slowly', 'expect(sum(1, 2)).toBe(3)')
  check('multiplies', 'expect(product(2, 3)).toBe(6)')
})
afterEach(() => tests.close())
afterAll(() => rmSync(folder, { recursive: true }))

const change = (original: string, replacement: string) => {
  const from = text.indexOf(original)
  return { file, from, to: from + original.length, replacement, kind: 'ArithmeticOperator' }
}

test('says which test noticed a change, and how; the quickest is asked first, and the file is put back', async () => {
  const [minus, over, more] = [change('a + b', 'a - b'), change('a * b', 'a / b'), change('1 - 1', '1 + 1')]
  const measured = await coverage([minus, over, more], tests)
  const covered = {
    tests,
    files: measured.files.map((file) => ({ ...file, milliseconds: file.test.includes('slowly') ? 2 : 1 })),
  }
  const near = Object.fromEntries(covered.files.map(({ test, near }) => [test.slice(folder.length + 1), [...near]]))
  expect(near).toEqual({
    'adds.check.ts': [minus],
    'adds slowly.check.ts': [minus],
    'multiplies.check.ts': [over],
  })
  expect(await caughtBy(minus, [covered], 60_000)).toMatch(/^adds\.check\.ts > adds: expected -1 to be 3/)
  // What was changed before is as it was.
  expect(await caughtBy(over, [covered], 60_000)).toMatch(/^multiplies\.check\.ts > multiplies: expected 0\.66/)
  expect(await caughtBy(more, [covered], 60_000)).toBeUndefined()
  expect(await caughtBy(minus, [covered], 60_000)).toMatch(/^adds\.check\.ts > adds/)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a place that no test comes by is tried with all: another process may read the file', async () => {
  check(
    'reads',
    `const { readFileSync } = await import('node:fs')\nexpect(readFileSync('source.ts', 'utf8')).toContain('1 - 1')`,
  )
  const more = change('1 - 1', '1 + 1')
  expect(await caughtBy(more, [await coverage([more], tests)], 60_000)).toMatch(/^reads\.check\.ts > reads/)
  rmSync(join(folder, 'reads.check.ts'))
})

test('tests that fail without any change are no proof', async () => {
  check('fails', 'expect(sum(1, 1)).toBe(3)')
  await expect(coverage([change('a + b', 'a - b')], tests)).rejects.toThrow(
    /fails\.check\.ts > fails: expected 2 to be 3/,
  )
  rmSync(join(folder, 'fails.check.ts'))
})

test('what never ends is ended, with its workers, and the next change is tried', async () => {
  const trace = join(folder, 'trace')
  const endless = change('a + b', `{ for (;;) appendFileSync(${JSON.stringify(trace)}, '.') }`)
  const minus = change('a + b', 'a - b')
  const covered = await coverage([endless, minus], tests)
  expect(await caughtBy(endless, [covered], 8_000)).toBe('no test: they never end')
  // On a busy machine it may not even have begun.
  const size = (): number => (existsSync(trace) ? statSync(trace).size : 0)
  const before = size()
  await setTimeout(300)
  expect(size()).toBe(before)
  // Which of the two tests that notice it comes first depends on how long they took, and on a busy machine that is chance.
  expect(await caughtBy(minus, [covered], 60_000)).toMatch(/^adds( slowly)?\.check\.ts > adds/)
})
