import { configure } from '@tooling/vitest-config'

export default configure({
  test: {
    include: ['test/**/*.browser.ts'],
    outputFile: { json: '.reports/browser.json' },
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})
