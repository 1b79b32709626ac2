import { resolve } from 'node:path'
import { configure } from '@tooling/vitest-config'
import { fenceAlias } from '../../src/alias.js'

const root = process.env['TOY_ROOT'] ?? ''

export default configure({
  root: resolve(import.meta.dirname, '../..'),
  resolve: { alias: fenceAlias(root) },
  test: {
    include: ['.generated-toy/**/*.test.ts'],
    isolate: false,
    reporters: ['json'],
    outputFile: { json: '.generated-toy/report.json' },
  },
})
