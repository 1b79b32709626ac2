import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

// Plain JavaScript that needs nothing installed: it has the last word also when the installation failed.

/**
 * Sums what the runners reported: a report of every unit with a `test` script, others of those with a `test:browser` or a
 * `test:services` script, and one count for each step of the check.
 *
 * Nothing is lost: a unit without a report, a test file that could not be loaded, and a command that failed while its
 * reports show no failure are one failure each.
 *
 * @param {string} root the workspace
 * @param {{ tests: number, browser: number, services: number, checks: number }} statuses the exit statuses of `pnpm test`,
 *   `pnpm test:browser`, `pnpm test:services` and `pnpm check`
 * @returns {{ passed: number, failed: number, reasons: string[] }}
 */
export function count(root, statuses) {
  const parts = SUITES.map(({ key, script, report }) => {
    const part = sum(unitsWith(root, script).map((folder) => vitestReport(folder, root, report)))
    if (statuses[key] !== 0 && part.failed === 0) add(part, `pnpm ${script} failed outside the tests`)
    return part
  })
  const checks = checkReport(join(root, 'tooling/check/.reports/check.json'))
  if (statuses.checks !== 0 && checks.failed === 0) add(checks, 'pnpm check failed outside its steps')
  return sum([...parts, checks])
}

/** @type {readonly { key: 'tests' | 'browser' | 'services', script: string, report: string }[]} */
const SUITES = [
  { key: 'tests', script: 'test', report: 'vitest.json' },
  { key: 'browser', script: 'test:browser', report: 'browser.json' },
  { key: 'services', script: 'test:services', report: 'services.json' },
]

/** @param {{ failed: number, reasons: string[] }} total @param {string} reason */
function add(total, reason) {
  total.failed += 1
  total.reasons.push(reason)
}

/** @param {{ passed: number, failed: number, reasons: string[] }[]} parts */
function sum(parts) {
  return {
    passed: parts.reduce((total, { passed }) => total + passed, 0),
    failed: parts.reduce((total, { failed }) => total + failed, 0),
    reasons: parts.flatMap(({ reasons }) => reasons),
  }
}

/** @param {string} root @param {string} script */
function unitsWith(root, script) {
  return ['packages', 'apps', 'tooling'].flatMap((kind) => {
    const parent = join(root, kind)
    if (!existsSync(parent)) return []
    return readdirSync(parent)
      .map((name) => join(parent, name))
      .filter((folder) => read(join(folder, 'package.json'))?.scripts?.[script] !== undefined)
  })
}

/** @param {string} folder @param {string} root @param {string} file */
function vitestReport(folder, root, file) {
  const name = folder.slice(root.length + 1)
  const report = read(join(folder, '.reports', file))
  if (report === undefined) return { passed: 0, failed: 1, reasons: [`${name}: no ${file}`] }
  /**
   * @type {{
   *   status: string
   *   name: string
   *   message: string
   *   assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
   * }[]}
   */
  const files = report.testResults
  const broken = files.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  )
  const failed = files.flatMap((file) => file.assertionResults).filter(({ status }) => status === 'failed')
  return {
    passed: report.numPassedTests,
    failed: failed.length + broken.length,
    reasons: [
      ...broken.map((file) => `${name}: ${file.name.replace(`${folder}/`, '')} could not run${cause(file.message)}`),
      ...failed.map((test) => `${name}: ${test.fullName}${cause(test.failureMessages[0])}`),
    ],
  }
}

/** What a failure said, in a line: the output above is long, and seldom kept whole. @param {string | undefined} message */
function cause(message = '') {
  const line = stripVTControlCharacters(message)
    .split(/\n\s+at /)[0]
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' ? '' : `: ${line.length > 400 ? `${line.slice(0, 400)}…` : line}`
}

/** @param {string} path */
function checkReport(path) {
  const report = read(path)
  if (report === undefined) return { passed: 0, failed: 1, reasons: ['no report of pnpm check'] }
  /** @type {{ name: string, ok: boolean }[]} */
  const steps = report.steps
  const failed = steps.filter(({ ok }) => !ok)
  return {
    passed: steps.length - failed.length,
    failed: failed.length,
    reasons: failed.map(({ name }) => `check: ${name}`),
  }
}

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [tests = '1', browser = '1', services = '1', checks = '1'] = process.argv.slice(2)
  const statuses = {
    tests: Number(tests),
    browser: Number(browser),
    services: Number(services),
    checks: Number(checks),
  }
  const total = count(resolve(import.meta.dirname, '../../..'), statuses)
  const lines = total.reasons.map((reason) => `failed: ${reason}\n`)
  writeSync(1, `${lines.join('')}${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed > 0 ? 1 : 0
}
