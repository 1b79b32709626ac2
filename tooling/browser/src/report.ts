import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BackendName, Outcome } from './protocol.js'

/** All that a run on one backend gave. */
export interface BackendReport {
  readonly backend: BackendName
  readonly outcomes: readonly Outcome[]
  /** Why nothing ran. */
  readonly skipped?: string
  /** Why the run ended early. */
  readonly broken?: string
}

/** Writes reports in the shape of vitest's JSON reporter: one "file" for each backend. */
export function writeReport(path: string, reports: readonly BackendReport[]): void {
  const outcomes = reports.flatMap((report) => report.outcomes)
  const failed = outcomes.filter(({ error }) => error !== undefined).length
  const broken = reports.some((report) => report.broken !== undefined)
  const result = {
    numTotalTestSuites: reports.length,
    numTotalTests: outcomes.length,
    numPassedTests: outcomes.length - failed,
    numFailedTests: failed,
    numPendingTests: 0,
    success: failed === 0 && !broken,
    testResults: reports.map(fileOf),
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(result)}\n`)
}

function fileOf({ backend, outcomes, skipped, broken }: BackendReport) {
  const failed = broken !== undefined || outcomes.some(({ error }) => error !== undefined)
  return {
    name: `chromium/${backend}`,
    status: failed ? 'failed' : 'passed',
    message: broken ?? skipped ?? '',
    assertionResults: outcomes.map(({ path, name, milliseconds, error }) => ({
      ancestorTitles: path,
      title: name,
      fullName: [...path, name].join(' '),
      status: error === undefined ? 'passed' : 'failed',
      duration: milliseconds,
      failureMessages: error === undefined ? [] : [error],
    })),
  }
}
