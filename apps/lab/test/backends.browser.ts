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
  await page.locator('.player select').nth(1).selectOption(backend)
  const refused = page.locator('.player [role="alert"]')
  if (backend !== 'cpu')
    await expect
      .poll(async () => (await refused.count()) > 0 || (await page.getAttribute('.player', 'data-backend')) === backend)
      .toBe(true)
  await rested(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ])
  const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as Saved
  expect(saved.training.iteration).toBe(ITERATION)
  const weights = saved.params.flatMap((layer) => (layer === null ? [] : [layer.weight, layer.bias].flat(2)))
  const said = (await refused.count()) > 0 ? await refused.first().textContent() : undefined
  await page.context().close()
  if (said !== undefined) expect(said).toContain(`${backend} cannot run here: `)
  return { weights, refused: said !== undefined }
}

async function rested(page: Page): Promise<void> {
  await expect.poll(() => page.getAttribute('.player', 'data-iteration'), { timeout: 150_000 }).toBe(String(ITERATION))
  await expect.poll(() => page.getAttribute('.player', 'data-playing')).toBe('false')
  // Until the picture has followed.
  await page.waitForTimeout(500)
}

const onCpu = trainedOn('cpu')

test.each(BACKENDS.filter((name) => name !== 'cpu'))(
  '%s trains to what cpu trains to, or says why it cannot and goes on with cpu',
  async (name) => {
    const [expected, { weights, refused }] = [await onCpu, await trainedOn(name)]
    expect(weights.length).toBeGreaterThan(20)
    expect(weights.length).toBe(expected.weights.length)
    const difference = Math.max(...weights.map((weight, i) => Math.abs(weight - expected.weights[i]!)))
    found.push(`| ${name} | ${refused ? 'cannot run here: cpu' : difference.toExponential(1)} |`)
    expect(difference).toBeLessThanOrEqual(refused ? 0 : TOLERANCE)
    // WebAssembly runs in every browser: that one at least is compared.
    if (name === 'wasm' || name === 'tfjs:wasm') expect(refused).toBe(false)
  },
)
