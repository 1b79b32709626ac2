import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPackage, type Kind } from '../src/create.js'

const tool = resolve(import.meta.dirname, '..')
let parent = ''

beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'neurite-new-')))
})
afterEach(() => {
  rmSync(parent, { recursive: true, force: true })
})

/** The new package, with what `pnpm install` would link. */
function create(name: string, kind: Kind): string {
  const folder = createPackage({ name, kind, parent })
  for (const scope of readdirSync(join(tool, 'node_modules'))) {
    if (scope.startsWith('.')) continue
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    symlinkSync(join(tool, 'node_modules', scope), join(folder, 'node_modules', scope))
  }
  return folder
}

async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const result = await promisify(execFile)(join(tool, 'node_modules/.bin', program), args, { cwd: folder }).catch(
    (error: unknown) => error as { stdout: string; stderr: string; code: number },
  )
  return 'code' in result ? `exit ${result.code}\n${result.stdout}${result.stderr}` : 'ok'
}

describe.each<[string, Kind]>([
  ['metrics', 'package'],
  ['backend-toy', 'backend'],
])('%s', (name, kind) => {
  test('type-checks and builds', { timeout: 120_000 }, async () => {
    const folder = create(name, kind)
    expect(await run(folder, 'tsc', '--noEmit')).toBe('ok')
    expect(await run(folder, 'tsup', '--no-dts')).toBe('ok')
    expect(readdirSync(join(folder, 'dist'))).toContain('index.js')
  })

  test('no placeholder is left', () => {
    const folder = createPackage({ name, kind, parent })
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(texts.filter((text) => /\{\{|\}\}\w/.test(text))).toEqual([])
  })
})

test('a new package passes its tests', { timeout: 120_000 }, async () => {
  expect(await run(create('metrics', 'package'), 'vitest', 'run')).toBe('ok')
})

test('the tests of a new backend say which kernels are to be written', { timeout: 120_000 }, async () => {
  const folder = create('backend-toy', 'backend')
  const output = await run(folder, 'vitest', 'run', '-t', 'every primitive has a kernel')
  expect(output).toMatch(/^exit 1\n/)
  const list = /(\d+) primitives have no kernel[^:]*: ([\w, ]+)/.exec(output)
  expect(list?.[2]?.split(', ')).toHaveLength(Number(list?.[1]))
  expect(list?.[2]).toContain('matmul')
  expect(list?.[2]).not.toContain('neg')
})

test.each<[string, Kind, string]>([
  ['Metrics', 'package', 'in lower case'],
  ['../up', 'package', 'in lower case'],
  ['backend-x', 'package', "begin with 'backend-'"],
  ['x', 'backend', "begin with 'backend-'"],
])('the name %s of kind %s is refused', (name, kind, message) => {
  expect(() => createPackage({ name, kind, parent })).toThrow(message)
})

test('nothing is overwritten', () => {
  createPackage({ name: 'metrics', kind: 'package', parent })
  expect(() => createPackage({ name: 'metrics', kind: 'package', parent })).toThrow('exists already')
})
