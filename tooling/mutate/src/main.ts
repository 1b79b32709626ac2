import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mutantsOf, sample, type Mutant } from './mutants.js'
import { Tests } from './tests.js'
import { caughtBy, coverage, type Covered } from './try-mutant.js'

// pnpm mutate [losses nn ...] [--sample 40] [--seed 1] [--file packages/losses/src/huber.ts] [--only 3,17]
const root = resolve(import.meta.dirname, '../../..')
const packages = join(root, 'packages')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string' },
    only: { type: 'string' },
  },
})

/**
 * Not in a sample of all: what conformance holds are tests themselves, the umbrella holds no code, of backend-tfjs most lines wait for
 * engines that only a browser has, and of cluster for databases. Who wants them names them.
 */
const without = ['backend-tfjs', 'cluster', 'conformance', 'neurite']
const names = positionals.length > 0 ? positionals : readdirSync(packages).filter((name) => !without.includes(name))
const unknown = names.filter((name) => !existsSync(join(packages, name, 'src')))
if (unknown.length > 0) {
  process.stderr.write(`no packages: ${unknown.join(', ')}\n`)
  process.exit(2)
}

const all = (await Promise.all(names.map((name) => mutantsOf(join(packages, name, 'src')))))
  .flat()
  .filter(({ file }) => values.file === undefined || file === resolve(root, values.file))
// Package by package: the tests of one are warm for all of its changes.
const chosen = sample(all, packages, Number(values.sample), Number(values.seed)).sort(
  (a, b) => names.indexOf(packageOf(a)) - names.indexOf(packageOf(b)),
)
/** Numbers of a sample, as the output has them: those that survived, after a test was written. */
const wanted = values.only?.split(',').map(Number) ?? chosen.map((_, i) => i + 1)
const tried = wanted.map((number) => ({ number, mutant: chosen[number - 1]! }))
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143))

/** A minute: machines are busy. */
const PATIENCE = 60_000
/** Tests that several packages share run once for the changes of all. */
const shared = new Map<string, Promise<Covered>>()
const rates = new Map<string, string>()
let caught = 0
for (const name of names) {
  const own = tried.filter(({ mutant }) => packageOf(mutant) === name)
  if (own.length === 0) continue
  const mutants = own.map(({ mutant }) => mutant)
  const tests = await coverage(mutants, new Tests(join(packages, name)))
  const covered = [tests]
  for (const place of besides(name)) covered.push(await testsOf(place))
  const before = caught
  for (const { number, mutant } of own) {
    const by = await caughtBy(mutant, covered, PATIENCE)
    if (by !== undefined) caught++
    const outcome = by === undefined ? 'SURVIVED' : 'caught  '
    process.stdout.write(
      `${number}/${chosen.length} ${outcome} ${describe(mutant)}${by === undefined ? '' : ` | ${by}`}\n`,
    )
  }
  rates.set(name, `${caught - before} of ${own.length}`)
  tests.tests.close()
}
for (const [name, rate] of rates) process.stdout.write(`${name}: ${rate}\n`)
process.stdout.write(`${caught} of ${wanted.length} caught, of ${all.length} that there are\n`)
process.exit()

/** Where else a package's tests stand: those of the first that builds on it, and those that run every factory. */
function besides(name: string): readonly string[] {
  if (name === 'core' || name === 'conformance') return ['packages/backend-cpu']
  return name === 'files' ? ['packages/io', 'tooling/factories'] : ['tooling/factories']
}

function testsOf(place: string): Promise<Covered> {
  const known = shared.get(place) ?? coverage(chosen, new Tests(join(root, place)))
  shared.set(place, known)
  return known
}

function packageOf({ file }: Mutant): string {
  return relative(packages, file).split(/[/\\]/)[0]!
}

function describe({ file, from, to, replacement, kind }: Mutant): string {
  const text = readFileSync(file, 'utf8')
  const line = text.slice(0, from).split('\n').length
  const short = (code: string): string => code.replaceAll(/\s+/g, ' ').slice(0, 70)
  return `${relative(root, file)}:${line} ${kind}: ${short(text.slice(from, to))} -> ${short(replacement)}`
}
