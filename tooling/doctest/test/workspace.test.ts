import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generate } from '../src/generate.js'

// A whole run over a small workspace that has every kind of mistake.
const files = {
  'README.md': `# Toy
\`\`\`ts
import { twice } from '@neurite/toy'
twice(2) // => 4
twice(2) // => 5
\`\`\`
\`\`\`ts
import { twice } from '@neurite/toy'
twice('2')
\`\`\`
\`\`\`ts no-run
import { twice } from '@neurite/toy'
twice(true)
\`\`\`
\`\`\`ts
import { readFileSync } from 'node:fs'
readFileSync('toy.csv', 'utf8').trim() // => 'a,b'
\`\`\`
\`\`\`ts
import { fail } from '@neurite/toy'

fail()
\`\`\`
`,
  'docs/guide.md': `\`\`\`ts
import { counter } from '@neurite/toy'
counter() // => 1
\`\`\`
\`\`\`ts
import { counter } from '@neurite/toy'
counter() // => 1
\`\`\`
`,
  'packages/toy/package.json': JSON.stringify({
    name: '@neurite/toy',
    exports: { '.': { '@neurite/source': './src/index.ts', default: './dist/index.js' } },
  }),
  'packages/toy/src/index.ts': `let count = 0
export const counter = (): number => ++count
export const fail = (): void => {
  throw new Error('out of ideas')
}
/**
 * Twice a number.
 * \`\`\`ts
 * import { twice } from '@neurite/toy'
 * twice(3) // => 7
 * \`\`\`
 */
export const twice = (x: number): number => 2 * x
`,
  'packages/datasets/data/toy.csv': 'a,b\n',
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const tool = resolve(import.meta.dirname, '..')
const root = mkdtempSync(join(tmpdir(), 'neurite-toy-'))
const out = join(tool, '.generated-toy')
const results = new Map<string, { status: string; message: string }>()

beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  generate({ root, out })
  const config = join(tool, 'test/support/toy.config.ts')
  spawnSync('vitest', ['run', '--config', config], {
    cwd: tool,
    env: { ...process.env, TOY_ROOT: root },
    timeout: 50_000,
  })
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report
  for (const { fullName, status, failureMessages } of report.testResults.flatMap((file) => file.assertionResults)) {
    results.set(fullName, { status, message: failureMessages.join('\n') })
  }
}, 60_000)

afterAll(() => {
  rmSync(root, { recursive: true, force: true })
  rmSync(out, { recursive: true, force: true })
})

test('a wrong value fails and names file and line', () => {
  expect(results.get('README.md line 3')?.message).toContain('README.md:5: expected 5, got 4')
})

test('a type error fails, although the code would run', () => {
  expect(results.get('README.md line 8')?.message).toContain("README.md:9: TS2345: Argument of type 'string'")
})

test('a fence marked no-run is still type-checked', () => {
  expect(results.get('README.md line 12')?.message).toContain("README.md:13: TS2345: Argument of type 'boolean'")
})

test('an error thrown by a library names the line of the document that called it', () => {
  expect(results.get('README.md line 20')?.message).toContain('README.md:22: Error: out of ideas')
})

test('the sample files lie in the working directory', () => {
  expect(results.get('README.md line 16')?.status).toBe('passed')
})

test('each fence is a program of its own: no state goes from one to the next', () => {
  expect(['docs/guide.md line 2', 'docs/guide.md line 6'].map((name) => results.get(name)?.status)).toEqual([
    'passed',
    'passed',
  ])
})

test('a wrong docstring fails and names file and line', () => {
  expect(results.get('packages/toy/src/index.ts line 9')?.message).toContain(
    'packages/toy/src/index.ts:10: expected 7, got 6',
  )
})
