import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { BACKENDS, type BackendName } from '../src/training/spec.js'
import { open } from './support/open.js'

/** Far enough for the losses to have fallen, near enough for rounding not to have grown. */
const ITERATION = 30
/** Backends sum in orders of their own, in float32: weights of size 1 differ by a few units of their last digits after so many steps. */
const TOLERANCE = 1e-5

interface Saved {
  readonly training: { readonly iteration: number; readonly train: number }
  readonly params: readonly { readonly weight: readonly number[][]; readonly bias: readonly number[] }[]
}

const found: string[] = []
afterAll(async () => {
  const folder = resolve(import.meta.dirname, '../.reports')
  await mkdir(folder, { recursive: true })
  await writeFile(
    resolve(folder, 'backends.md'),
    ['| backend | largest difference of a weight from cpu |', '| --- | --- |', ...found].join('\n'),
  )
})

/** The weights after some iterations on a backend, and why it was not that one. */
async function trainedOn(backend: BackendName): Promise<{ readonly weights: number[]; readonly refused: boolean }> {
  const { page } = await open('playground', { language: 'en', state: `iteration=${ITERATION}` })
  await rested(page)
  expect(await page.getAttribute('.player', 'data-backend')).toBe('wasm')
  await page.locator('.player select').nth(1).selectOption(backend)
  const refused = page.locator('.player [role="alert"]')
  await expect
    .poll(async () => (await refused.count()) > 0 || (await page.getAttribute('.player', 'data-backend')) === backend)
    .toBe(true)
  await rested(page)
  const saved = await savedAt(page)
  const weights = saved.params.flatMap((layer) => (layer === null ? [] : [layer.weight, layer.bias].flat(2)))
  const said = (await refused.count()) > 0 ? await refused.first().textContent() : undefined
  await page.context().close()
  if (said !== undefined) expect(said).toContain(`${backend} cannot run here, so wasm computes: `)
  return { weights, refused: said !== undefined }
}

/** What is saved is what is seen: the picture follows the training. */
async function savedAt(page: Page): Promise<Saved> {
  await expect.poll(async () => (await saved(page)).training.iteration).toBe(ITERATION)
  return saved(page)
}

async function saved(page: Page): Promise<Saved> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ])
  return JSON.parse(await readFile(await download.path(), 'utf8')) as Saved
}

async function rested(page: Page): Promise<void> {
  await expect.poll(() => page.getAttribute('.player', 'data-iteration'), { timeout: 150_000 }).toBe(String(ITERATION))
  await expect.poll(() => page.getAttribute('.player', 'data-playing')).toBe('false')
}

const onCpu = trainedOn('cpu')
const onWasm = trainedOn('wasm')

test.each(BACKENDS.filter((name) => name !== 'cpu'))(
  '%s trains to what cpu trains to, or says why it cannot and goes on with what it had',
  async (name) => {
    const { weights, refused } = await (name === 'wasm' ? onWasm : trainedOn(name))
    const expected = await (refused ? onWasm : onCpu)
    expect(weights.length).toBeGreaterThan(20)
    expect(weights.length).toBe(expected.weights.length)
    const difference = Math.max(...weights.map((weight, i) => Math.abs(weight - expected.weights[i]!)))
    found.push(`| ${name} | ${refused ? 'cannot run here' : difference.toExponential(1)} |`)
    expect(difference).toBeLessThanOrEqual(refused ? 0 : TOLERANCE)
    // WebAssembly runs in every browser: that one at least is compared.
    if (name === 'wasm' || name === 'tfjs:wasm') expect(refused).toBe(false)
  },
)

test('where WebAssembly may not be compiled, a lab says so and trains on cpu; its link asks for cpu, with the same bits', async () => {
  const { page } = await open('playground', {
    language: 'en',
    state: `iteration=${ITERATION}`,
    withoutWebAssembly: true,
  })
  await rested(page)
  expect(await page.getAttribute('.player', 'data-backend')).toBe('cpu')
  expect(await page.locator('.player [role="alert"]').textContent()).toMatch(
    /^wasm cannot run here, so cpu computes: .+/,
  )
  await page.waitForFunction(() => location.hash.includes('backend=cpu'))
  const link = page.url().split('?v=1&')[1] ?? page.url().split('?')[1]!
  const saved = (await savedAt(page)).params
  const { page: other } = await open('playground', { language: 'en', state: link })
  await rested(other)
  expect(await other.getAttribute('.player', 'data-backend')).toBe('cpu')
  expect(await other.locator('.player [role="alert"]').count()).toBe(0)
  expect((await savedAt(other)).params).toEqual(saved)
  // A lab without a choice says it as well.
  const { page: race } = await open('batches', { language: 'en', withoutWebAssembly: true })
  await race.getByText(/^wasm cannot run here, so cpu computes: .+/).waitFor()
})
