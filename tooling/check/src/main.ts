import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runSteps } from './run-steps.js'
import { STEPS } from './steps/index.js'

// pnpm check [--only lint,api] [--update]
const root = resolve(import.meta.dirname, '../../..')
const { values } = parseArgs({ options: { only: { type: 'string' }, update: { type: 'boolean', default: false } } })
const names = values.only?.split(',')
const unknown = names?.filter((name) => !STEPS.some((step) => step.name === name)) ?? []
if (unknown.length > 0) {
  process.stderr.write(`no step ${unknown.join(', ')}; there are ${STEPS.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}

const steps = STEPS.filter(({ name }) => names === undefined || names.includes(name))
const outcome = await runSteps(steps, { root, update: values.update }, (text) => process.stdout.write(text))
const report = resolve(import.meta.dirname, '../.reports/check.json')
mkdirSync(dirname(report), { recursive: true })
writeFileSync(report, `${JSON.stringify(outcome, null, 2)}\n`)
process.exitCode = outcome.failed > 0 ? 1 : 0
