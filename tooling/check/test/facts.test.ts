import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { addressOf, readManifest } from '../src/packages.js'
import { facts } from '../src/steps/facts.js'

const root = resolve(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'facts-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const speaking = (text: string) => {
  mkdirSync(join(folder, 'docs/decisions'), { recursive: true })
  mkdirSync(join(folder, 'packages/core/src/primitive'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  cpSync(join(root, 'packages/core/package.json'), join(folder, 'packages/core/package.json'))
  writeFileSync(join(folder, 'packages/core/src/primitive/table.ts'), 'a: primitives.a,\n')
  writeFileSync(join(folder, 'docs/decisions/0001-a.md'), text)
  return facts.run({ root: folder, update: false })
}

test('a link to a file that is not there fails', async () => {
  const good = '[a](../../packages/core/package.json#x) [b](https://b.c) [d](#d) `[e](f)`\n```ts\ng[0](h)\n```\n'
  expect((await speaking(good)).ok).toBe(true)
  expect((await speaking(`${good}[core](../packages/core)\n`)).output).toBe(
    'docs/decisions/0001-a.md links to ../packages/core, which does not exist',
  )
})

test("a link by the repository's address leads to a file, and a package's README links to nothing outside its tarball", async () => {
  const address = addressOf(readManifest(root).repository)
  expect(
    (await speaking(`[core](${address}/tree/main/packages/core#use)\n\n[x]: ${address}/blob/main/package.json\n`)).ok,
  ).toBe(true)
  expect((await speaking(`[core](${address}/tree/main/packages/none)\n`)).output).toMatch(/none, which does not exist/)
  const readme = join(folder, 'packages/core/README.md')
  writeFileSync(readme, '[a](src/primitive/table.ts) [b](#b)\n')
  expect((await speaking('')).ok).toBe(true)
  writeFileSync(readme, '[a](../../docs/decisions/0001-a.md)\n')
  expect((await speaking('')).output).toMatch(/packages\/core\/README\.md links to .* not in the tarball: write https:/)
})

test('a fact that is out of date or unknown fails, as does a package that is not there; an update puts facts right', async () => {
  mkdirSync(join(folder, 'docs'), { recursive: true })
  mkdirSync(join(folder, 'apps'))
  mkdirSync(join(folder, 'packages/core/src/primitive'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  cpSync(join(root, 'packages/core/package.json'), join(folder, 'packages/core/package.json'))
  writeFileSync(join(folder, 'packages/core/src/primitive/table.ts'), 'a: primitives.a,\nb: primitives.b,\n')
  const readme = join(folder, 'README.md')
  writeFileSync(readme, 'There are <!-- fact:primitives -->3<!-- /fact --> in @neurite/core.\n')
  const run = (update: boolean) => facts.run({ root: folder, update })
  expect((await run(false)).output).toContain("README.md: the fact 'primitives' is out of date")
  expect((await run(true)).ok).toBe(true)
  expect(readFileSync(readme, 'utf8')).toBe('There are <!-- fact:primitives -->2<!-- /fact --> in @neurite/core.\n')
  expect((await run(false)).ok).toBe(true)
  writeFileSync(
    readme,
    '<!-- fact:moons -->3<!-- /fact --> of @neurite/nothing and backend-none, not tfjs-backend-webgl\n',
  )
  const { ok, output } = await run(true)
  expect(ok).toBe(false)
  expect(output).toContain("there is no fact 'moons'")
  expect(output).toContain('speaks of backend-none')
  expect(output).toContain('speaks of nothing')
  expect(output).not.toContain('webgl')
})
