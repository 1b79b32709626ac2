import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SIZE = 3_000_000
/** More of them by hand: FUZZ_KILLS=100 npx vitest run processes */
const KILLS = Number(process.env['FUZZ_KILLS'] ?? 12)
let folder = ''
let path = ''
let imports: unknown
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neurite-files-'))
  path = join(folder, 'shared.bin')
  const { metafile } = await build({
    metafile: true,
    entryPoints: [join(import.meta.dirname, 'support/writer.ts')],
    outfile: join(folder, 'writer.mjs'),
    bundle: true,
    format: 'esm',
    // As for a page: what shows anything of Node to a bundler does not build.
    platform: 'browser',
    conditions: ['@neurite/source'],
    target: 'es2022',
  })
  imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
})
afterAll(() => rm(folder, { recursive: true }))

const writer = (byte: number, times?: number): ChildProcess =>
  spawn(process.execPath, [join(folder, 'writer.mjs'), path, `${byte}`, `${SIZE}`, ...(times ? [`${times}`] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** The one byte that a file of the writers has; NaN for a mixed or cut one. */
async function byteOf(): Promise<number> {
  const bytes = await readFile(path)
  return bytes.length === SIZE && bytes.every((byte) => byte === bytes[0]) ? bytes[0]! : NaN
}

test('what is bundled for a browser has nothing that a bundler would look for', async () => {
  expect(imports).toEqual([])
  expect(await readFile(join(folder, 'writer.mjs'), 'utf8')).toContain('getBuiltinModule')
})

test('three processes that write one file never mix, and leave nothing else', async () => {
  const writers = [1, 2, 3].map((byte) => writer(byte, 12))
  await Promise.all(writers.map(({ stdout }) => once(stdout!, 'data')))
  const ended = Promise.all(writers.map((child) => once(child, 'exit')))
  let running = true
  void ended.then(() => (running = false))
  const seen = new Set<number>()
  while (running) seen.add(await byteOf())
  expect((await ended).map(([code]) => code as number)).toEqual([0, 0, 0])
  expect([...seen].filter((byte) => ![1, 2, 3].includes(byte))).toEqual([])
  expect((await readdir(folder)).sort()).toEqual(['shared.bin', 'writer.mjs'])
})

test('a process that is killed at any moment leaves a whole file', { timeout: 5000 * KILLS }, async ({ annotate }) => {
  let halves = 0
  for (let i = 0; i < KILLS; i++) {
    const byte = 10 + (i % 200)
    const child = writer(byte)
    await once(child.stdout!, 'data')
    await setTimeout(i % 12)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await byteOf()).toBe(byte)
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.tmp')) continue
      expect(name).toMatch(/^shared\.bin\.[0-9a-f]{12}\.tmp$/)
      halves++
      await rm(join(folder, name))
    }
  }
  await annotate(`${KILLS} kills, ${halves} of them in the middle of writing`)
  // Otherwise the kills came between two writes, and showed nothing.
  expect(halves).toBeGreaterThan(0)
})
