import { appendFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'

// A setup file of vitest: after each test file, which changes' places it came by.
afterAll(() => {
  const ids = Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {})
  appendFileSync(process.env['MUTATE_COVERED'], `${JSON.stringify({ test: expect.getState().testPath, ids })}\n`)
})
