import { configure } from '@tooling/vitest-config'

export default configure({
  test: {
    include: ['test/**/*.browser.ts'],
    globalSetup: ['test/support/site.ts'],
    outputFile: { json: '.reports/browser.json' },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A page beside whatever else the machine does.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
  },
})
