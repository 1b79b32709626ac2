import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromRegistry } from './registry.js'
import { run } from './run.js'

/** Versions that know no require() of ES modules: the oldest that is promised, and those on both sides of 5.7, which made typed arrays generic. */
const WITHOUT_REQUIRE = ['5.4.5', '5.6.3', '5.7.3']

/** Newer ones: the last of each major version, and the newest. */
const WITH_REQUIRE = ['5.9.3', '6.0.3', '7.0.2']

/** What compiles where there are no types of a platform: no DOM, no @types/node. */
const PURE = ['core', 'backend-cpu', 'nn', 'losses', 'optimizers']

interface Project {
  readonly name: string
  /** Which packages are imported, every entry of them. */
  readonly packages: readonly string[]
  readonly file: 'ts' | 'mts' | 'cts'
  readonly module: string
  readonly moduleResolution: string
  readonly lib: readonly string[]
  readonly types?: readonly string[]
  /** A program beside the imports. */
  readonly program?: string
}

/** From TypeScript 5.9 on a Blob refuses bytes that may lie in shared memory: what is written must not lose where it lies on its way into the declarations. */
const WRITTEN = `import { toNpy } from '@neurite/io'
export const blob = async (): Promise<Blob> => new Blob([await toNpy([1])])
`

/** The declarations of every package, as strictly as a user may read them. Returns how many times that was. */
export async function checkTypes(project: string, packages: readonly string[]): Promise<number> {
  // tfjs' own declarations do not pass: docs/runtimes.md says why.
  const ours = packages.filter((name) => !/^neurite$|tfjs/.test(name))
  const dom = ['es2022', 'dom']
  const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' }
  const projects: Project[] = [
    { name: 'nodenext', packages: ours, file: 'mts', ...nodenext, lib: dom, program: WRITTEN },
    { name: 'bundler', packages: ours, file: 'ts', module: 'esnext', moduleResolution: 'bundler', lib: dom },
    { name: 'types-node', packages: ours, file: 'mts', ...nodenext, lib: ['es2022'], types: ['node'] },
    { name: 'pure', packages: PURE.map((name) => `@neurite/${name}`), file: 'mts', ...nodenext, lib: ['es2022'] },
    { name: 'import', packages: ours, file: 'cts', module: 'node16', moduleResolution: 'node16', lib: dom },
    { name: 'require', packages: ours, file: 'cts', ...nodenext, lib: dom },
  ]
  const rounds = [...WITHOUT_REQUIRE, ...WITH_REQUIRE]
    .flatMap((version) => projects.map((each) => ({ version, each })))
    .filter(({ version, each }) => each.name !== 'require' || WITH_REQUIRE.includes(version))
  for (const { version, each } of rounds) await compile(project, version, each)
  return rounds.length
}

async function compile(
  project: string,
  version: string,
  { name, packages, file, program = '', ...options }: Project,
): Promise<void> {
  const source = `types-${name}.${file}`
  const entries = packages.flatMap((name) => entriesOf(project, name))
  // CommonJS reaches ES modules by import() wherever it has no require() for them.
  const line = (entry: string, i: number): string =>
    name === 'import' ? `export const e${i} = import('${entry}')` : `export * as e${i} from '${entry}'`
  writeFileSync(join(project, source), `${entries.map(line).join('\n')}\n${program}`)
  const compilerOptions = {
    types: [],
    ...options,
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  }
  const config = `tsconfig.${name}.json`
  writeFileSync(join(project, config), JSON.stringify({ compilerOptions, files: [source] }))
  const tsc = join(await fromRegistry('typescript', version), 'bin/tsc')
  try {
    await run(project, process.execPath, tsc, '-p', config)
  } catch (error) {
    throw new Error(`TypeScript ${version}, ${name}: ${(error as Error).message}`, { cause: error })
  }
}

function entriesOf(project: string, name: string): string[] {
  const path = join(project, 'node_modules', name, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { exports: Record<string, object | string> }
  return Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === 'string' ? [] : [name + entry.slice(1)],
  )
}
