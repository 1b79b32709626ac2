import { ESLint } from 'eslint'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { violation } from '../src/boundaries.js'

const root = resolve(import.meta.dirname, '../../..')

describe('forbidden', () => {
  test.each([
    ['packages/core/src/a.ts', '@neurite/nn', 'core may import no other package, not nn'],
    ['packages/core/src/a.ts', '@neurite/backend-cpu', 'core may import no other package'],
    ['packages/core/src/a.ts', 'node:fs', "imports no Node module, not even 'node:fs'"],
    ['packages/core/src/deep/a.ts', 'fs/promises', "imports no Node module, not even 'fs/promises'"],
    ['packages/core/test/a.test.ts', '@neurite/backend-cpu', 'tests of core may import no other package'],
    ['packages/nn/src/a.ts', '@neurite/losses', 'nn may import only core, not losses'],
    ['packages/nn/src/a.ts', '@neurite/backend-cpu', 'nn may import only core, not backend-cpu'],
    [
      'packages/nn/test/a.test.ts',
      '@neurite/losses',
      'tests of nn may import only core, backend-cpu, conformance, not losses',
    ],
    ['packages/losses/src/a.ts', '@neurite/train', 'losses may import only core'],
    ['packages/backend-cpu/src/a.ts', '@neurite/nn', 'backend-cpu may import only core, not nn'],
    ['packages/backend-cpu/src/a.ts', 'node:worker_threads', 'backend-cpu runs in browsers'],
    ['packages/backend-wasm/src/a.ts', '@neurite/backend-cpu', 'backend-wasm may import only core'],
    ['packages/conformance/test/a.test.ts', '@neurite/backend-cpu', 'tests of conformance may import only core'],
    [
      'packages/train/src/a.ts',
      '@neurite/backend-cpu',
      'train may import only core, files, nn, losses, optimizers, data',
    ],
    ['packages/train/src/a.ts', '@neurite/explain', 'train may import only'],
    [
      'packages/train/src/a.ts',
      'neurite',
      'train may import only core, files, nn, losses, optimizers, data, not neurite',
    ],
    ['packages/io/test/a.test.ts', 'neurite/train', 'not neurite'],
    ['packages/neurite/src/a.ts', 'node:fs', 'neurite runs in browsers'],
    ['packages/neurite/src/a.ts', '@neurite/cluster', 'neurite may import only'],
    ['packages/cluster/src/a.ts', '@neurite/nn', 'cluster may import only core, files, train, search, worker, not nn'],
    ['packages/search/src/a.ts', '@neurite/cluster', 'search may import only'],
    ['packages/data/src/csv.ts', 'node:fs/promises', 'data runs in browsers and imports no Node module'],
    ['packages/nn/src/a.ts', '../../core/src/index.js', 'leaves packages/nn'],
    ['tooling/doctest/src/a.ts', '../../../packages/core/src/index.js', 'leaves tooling/doctest'],
  ])('%s -> %s', (file, specifier, message) => {
    expect(violation(file, specifier)).toContain(message)
  })
})

describe('allowed', () => {
  test.each([
    ['packages/nn/src/a.ts', '@neurite/core'],
    ['packages/nn/test/a.test.ts', '@neurite/backend-cpu'],
    ['packages/nn/test/a.test.ts', 'node:fs'],
    ['packages/backend-wasm/test/a.test.ts', '@neurite/conformance/vitest'],
    ['packages/train/src/a.ts', '@neurite/optimizers'],
    ['packages/data/src/a.ts', 'csv-parse/browser/esm'],
    ['packages/core/src/deep/a.ts', '../index.js'],
    ['packages/conformance/test/a.test.ts', '../../core/test/support/reference-backend.js'],
    // It runs on Node alone.
    ['packages/cluster/src/a.ts', 'node:http'],
    ['packages/cluster/src/a.ts', '@neurite/search'],
    ['packages/neurite/src/index.ts', '@neurite/train'],
    ['packages/neurite/src/backend-tfjs.ts', '@neurite/backend-tfjs'],
    ['packages/nn/src/a.ts', 'neurites'],
    ['apps/quickstart/src/main.ts', '@neurite/backend-cpu'],
    ['tooling/benchmarks/src/main.ts', 'node:fs'],
  ])('%s -> %s', (file, specifier) => {
    expect(violation(file, specifier)).toBeUndefined()
  })
})

// The rule inside the real configuration: what `pnpm check` runs.
describe.each([
  ['from the root', root],
  ['from the package', resolve(root, 'packages/core')],
])('eslint %s', (_, cwd) => {
  const lint = async (code: string): Promise<string[]> => {
    const eslint = new ESLint({ cwd, overrideConfigFile: resolve(root, 'eslint.config.js') })
    const results = await eslint.lintText(code, { filePath: resolve(root, 'packages/core/src/index.ts') })
    return results.flatMap((result) => result.messages).flatMap(({ ruleId }) => (ruleId === null ? [] : [ruleId]))
  }

  test.each([
    "export { a } from '@neurite/nn'\n",
    "import '@neurite/nn'\n",
    "export * from '@neurite/nn'\n",
    "export const a = (): unknown => import('@neurite/nn')\n",
    "export type A = import('@neurite/nn').A\n",
    "import type { A } from '@neurite/nn'\nexport type B = A\n",
    "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n",
    "export const a = (): unknown => import('node:fs/promises')\n",
  ])('catches %j', async (code) => {
    expect(await lint(code)).toContain('neurite/boundaries')
  })

  test('lets an import inside the package pass', async () => {
    expect(await lint("export * from './errors/index.js'\n")).toEqual([])
  })
})
