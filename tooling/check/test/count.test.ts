import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { count } from '../src/count.js'

let root = ''
const fine = { tests: 0, browser: 0, services: 0, checks: 0 }

function write(path: string, value: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), JSON.stringify(value))
}

function unit(
  path: string,
  files: readonly { name: string; results: readonly ('passed' | 'failed')[]; status?: string }[],
): void {
  write(`${path}/package.json`, { scripts: { test: 'vitest run' } })
  const results = files.flatMap((file) => file.results)
  write(`${path}/.reports/vitest.json`, {
    numPassedTests: results.filter((status) => status === 'passed').length,
    testResults: files.map((file) => ({
      name: file.name,
      status: file.status ?? (file.results.includes('failed') ? 'failed' : 'passed'),
      message: file.status === 'failed' ? 'no such module\n    at file.ts:1' : '',
      assertionResults: file.results.map((status, i) => ({
        status,
        fullName: `case ${i}`,
        failureMessages: status === 'failed' ? ['\u001B[31mexpected 1\u001B[39m\n  to be 2\n    at file.ts:3:1'] : [],
      })),
    })),
  })
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'neurite-count-'))
  write('tooling/check/.reports/check.json', { steps: [{ name: 'lint', ok: true }] })
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

test('tests of all units and steps of the check are added', () => {
  unit('packages/a', [{ name: 'a', results: ['passed', 'passed'] }])
  unit('apps/b', [{ name: 'b', results: ['passed'] }])
  expect(count(root, fine)).toEqual({ passed: 4, failed: 0, reasons: [] })
})

test('a failed test counts once, is named, and says why in a line', () => {
  unit('packages/a', [{ name: 'a', results: ['passed', 'failed'] }])
  expect(count(root, { ...fine, tests: 1 })).toEqual({
    passed: 2,
    failed: 1,
    reasons: ['packages/a: case 1: expected 1 to be 2'],
  })
})

test('a failed step counts once', () => {
  write('tooling/check/.reports/check.json', {
    steps: [
      { name: 'lint', ok: false },
      { name: 'api', ok: true },
    ],
  })
  expect(count(root, { ...fine, checks: 1 })).toEqual({ passed: 1, failed: 1, reasons: ['check: lint'] })
})

test('a test file that could not be loaded is a failure', () => {
  unit('packages/a', [{ name: 'broken.test.ts', results: [], status: 'failed' }])
  expect(count(root, { ...fine, tests: 1 }).reasons).toEqual([
    'packages/a: broken.test.ts could not run: no such module',
  ])
})

test('a unit that has tests and no report is a failure', () => {
  write('packages/a/package.json', { scripts: { test: 'vitest run' } })
  expect(count(root, fine)).toMatchObject({ failed: 1, reasons: ['packages/a: no vitest.json'] })
})

test('a command that failed without a failed test or step is a failure', () => {
  unit('packages/a', [{ name: 'a', results: ['passed'] }])
  expect(count(root, { tests: 1, browser: 1, services: 1, checks: 1 })).toMatchObject({ passed: 2, failed: 4 })
})

test('an installation that failed is a failure', () => {
  rmSync(join(root, 'tooling'), { recursive: true })
  expect(count(root, { tests: 1, browser: 1, services: 1, checks: 1 })).toMatchObject({ passed: 0, failed: 4 })
})

test.each([
  ['in a browser', 'browser'],
  ['on services', 'services'],
] as const)('tests %s are added, and a missing report of them is a failure', (_, kind) => {
  write('apps/c/package.json', { scripts: { [`test:${kind}`]: 'some runner' } })
  expect(count(root, fine)).toEqual({ passed: 1, failed: 1, reasons: [`apps/c: no ${kind}.json`] })
  write(`apps/c/.reports/${kind}.json`, { numPassedTests: 3, testResults: [] })
  expect(count(root, fine)).toEqual({ passed: 4, failed: 0, reasons: [] })
  expect(count(root, { ...fine, [kind]: 1 }).reasons).toEqual([`pnpm test:${kind} failed outside the tests`])
})
