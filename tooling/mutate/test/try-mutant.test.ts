import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { caughtBy, firstFailure } from '../src/try-mutant.js'

// In this package's own folder, since the tests in it need vitest. Their names hide them from this package's run.
const folder = join(import.meta.dirname, '../.reports/tried')
const file = join(folder, 'source.js')
const text =
  'import { appendFileSync } from "node:fs"\nexport const sum = (a, b) => a + b\nexport const unused = 1 + 1\n'

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'vitest.config.js'), 'export default { test: { include: ["*.check.js"] } }')
  writeFileSync(file, text)
  writeFileSync(
    join(folder, 'sum.check.js'),
    'import { expect, test } from "vitest"\nimport { sum } from "./source.js"\ntest("adds", () => expect(sum(1, 2)).toBe(3))\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

const change = (original: string, replacement: string) => {
  const from = text.indexOf(original)
  return { file, from, to: from + original.length, replacement, kind: 'ArithmeticOperator' }
}

test('says which test noticed a change, and puts the file back', async () => {
  expect(await firstFailure(folder, file, 60_000)).toBeUndefined()
  expect(await caughtBy(change('a + b', 'a - b'), [folder], 60_000)).toContain('sum.check.js > adds')
  expect(await caughtBy(change('1 + 1', '1 - 1'), [folder], 60_000)).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('what never ends is ended, with its workers', async () => {
  const trace = join(folder, 'trace')
  const endless = change('a + b', `{ for (;;) appendFileSync(${JSON.stringify(trace)}, '.') }`)
  expect(await caughtBy(endless, [folder], 8_000)).toBe('no test: they never end')
  // On a busy machine it may not even have begun.
  const size = (): number => (existsSync(trace) ? statSync(trace).size : 0)
  const before = size()
  await setTimeout(300)
  expect(size()).toBe(before)
})
