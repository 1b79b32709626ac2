import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseArguments } from '../src/arguments.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { WORKLOADS } from '../src/workloads/index.js'

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8')

const commands = readme
  .split('\n')
  .map((line) => /^npx -y pnpm@10 bench\b(?<argv>[^#]*)/.exec(line)?.groups?.argv?.trim())
  .filter((argv) => argv !== undefined)

test('there are commands to try', () => {
  expect(commands.length).toBeGreaterThanOrEqual(4)
})

test.each(commands)('bench %s', (argv) => {
  const parsed = parseArguments(argv === '' ? [] : argv.split(/\s+/))
  expect('text' in parsed && parsed.exitCode !== 0 ? parsed.text : '').toBe('')
})

test('every subject and every workload has its row', () => {
  for (const { name } of SUBJECTS) expect(readme).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm'))
  for (const { id } of WORKLOADS) expect(readme).toContain(`\`${id}\``)
})
