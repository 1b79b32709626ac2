import { resolve } from 'node:path'
import { configure } from '@tooling/vitest-config'
import { fenceAlias } from './src/alias.js'

export default configure({
  resolve: { alias: fenceAlias(resolve(import.meta.dirname, '../..')) },
  test: {
    include: ['test/**/*.test.ts', '.generated/**/*.test.ts'],
    isolate: false,
    silent: 'passed-only',
    testTimeout: 60_000,
  },
})
