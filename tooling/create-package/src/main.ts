import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createPackage, UsageError, type Kind } from './create.js'

const USAGE = `pnpm new:package NAME [--kind package|backend]

  pnpm new:package metrics                        packages/metrics, published as @neurite/metrics
  pnpm new:package backend-deno --kind backend    a working backend to be made fast kernel by kernel
`

try {
  main()
} catch (error) {
  if (!(error instanceof Error) || !(error instanceof UsageError || 'code' in error)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { kind: { type: 'string', default: 'package' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0) throw new UsageError(`one NAME is needed, got ${positionals.length}.`)
  const root = resolve(import.meta.dirname, '../../..')
  const folder = createPackage({ name, kind: kindOf(values.kind), parent: resolve(root, 'packages') })
  process.stdout.write(`${relative(root, folder)} is there. Next:

  pnpm install
  pnpm api:update                                 writes ${relative(root, folder)}/etc/${name}.api.md
  pnpm check
  pnpm changeset

Its arrows (which packages it may import) go into tooling/eslint-config/src/arrows.js, its row into the tables of README.md.
`)
}

function kindOf(text: string): Kind {
  if (text !== 'package' && text !== 'backend') throw new UsageError(`--kind is package or backend, not '${text}'.`)
  return text
}
