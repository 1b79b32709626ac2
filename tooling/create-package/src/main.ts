import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createPackage, UsageError, type Kind } from './create.js'

const USAGE = `pnpm new:package [package|backend] NAME

  pnpm new:package metrics          packages/metrics, published as @neurite/metrics
  pnpm new:package backend deno     packages/backend-deno: compiles; its tests list the kernels to write
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
    options: { help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const { name, kind } = wanted(positionals)
  const root = resolve(import.meta.dirname, '../../..')
  const folder = createPackage({ name, kind, parent: resolve(root, 'packages') })
  process.stdout.write(`${relative(root, folder)} is there. Next:

  pnpm install
  pnpm api:update                                 writes ${relative(root, folder)}/etc/${name}.api.md
  pnpm check
  pnpm changeset

Its arrows (which packages it may import) go into tooling/eslint-config/src/arrows.js. The umbrella passes it on: the tests of
packages/neurite say what is missing there.
`)
}

/** `NAME` is a package; `package NAME` and `backend NAME` say what it is. */
function wanted(words: readonly string[]): { name: string; kind: Kind } {
  const [first, second, ...others] = words
  if (first === undefined || others.length > 0) throw new UsageError(`one NAME is needed, got ${words.length} words.`)
  if (second === undefined) return { name: first, kind: 'package' }
  if (first === 'package') return { name: second, kind: first }
  if (first === 'backend') return { name: `backend-${second.replace(/^backend-/, '')}`, kind: first }
  throw new UsageError(`a package or a backend is made, not a '${first}'.`)
}
