import { configure } from '@tooling/vitest-config'

export default configure({ test: { outputFile: { json: '.reports/browser.json' }, testTimeout: 240_000 } })
