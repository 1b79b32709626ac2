import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mutantsOf, sample, type Mutant } from './mutants.js'
import { Tests } from './tests.js'
import { caughtBy, coverage, type Covered } from './try-mutant.js'

// pnpm mutate losses [--sample 40] [--seed 1] [--file src/huber.ts] [--only 3,17]
const root = resolve(import.meta.dirname, '../../..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string' },
    only: { type: 'string' },
  },
})
const [name = ''] = positionals
const folder = join(root, 'packages', name)
if (positionals.length !== 1 || !existsSync(join(folder, 'src'))) {
  process.stderr.write('pnpm mutate PACKAGE [--sample 40] [--seed 1] [--file src/FILE.ts] [--only 3,17]\n')
  process.exit(2)
}

/** Where else a package's tests stand: those that run every factory, and for core and conformance those of the first backend. */
const beside = ['core', 'conformance'].includes(name) ? ['packages/backend-cpu'] : ['tooling/factories']
const folders = [folder, ...beside.map((path) => join(root, path))]

const all = (await mutantsOf(join(folder, 'src'))).filter(
  ({ file }) => values.file === undefined || file === join(folder, values.file),
)
const chosen = sample(all, folder, Number(values.sample), Number(values.seed))
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143))

/** A minute: machines are busy. */
const PATIENCE = 60_000
const covered: Covered[] = []
for (const place of folders) covered.push(await coverage(chosen, new Tests(place)))

/** Numbers of a sample, as the output has them: those that survived, after a test was written. */
const wanted = values.only?.split(',').map(Number) ?? chosen.map((_, i) => i + 1)
let caught = 0
for (const number of wanted) {
  const mutant = chosen[number - 1]!
  const by = await caughtBy(mutant, covered, PATIENCE)
  if (by !== undefined) caught++
  const outcome = by === undefined ? 'SURVIVED' : 'caught  '
  process.stdout.write(
    `${number}/${chosen.length} ${outcome} ${describe(mutant)}${by === undefined ? '' : ` | ${by}`}\n`,
  )
}
process.stdout.write(`${caught} of ${wanted.length} caught, of ${all.length} that there are\n`)
for (const { tests } of covered) tests.close()

function describe({ file, from, to, replacement, kind }: Mutant): string {
  const text = readFileSync(file, 'utf8')
  const line = text.slice(0, from).split('\n').length
  const short = (code: string): string => code.replaceAll(/\s+/g, ' ').slice(0, 70)
  return `${relative(root, file)}:${line} ${kind}: ${short(text.slice(from, to))} -> ${short(replacement)}`
}
