import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { open } from './support/open.js'

const timeline = (page: Page) => page.getByRole('slider', { name: /^Iteration/ })
const at = (page: Page): Promise<number> => timeline(page).inputValue().then(Number)
const stateIn = (page: Page): string => page.url().split('?v=1&')[1] ?? page.url().split('?')[1] ?? ''

/** Goes to an iteration by the timeline, and gives the link that says so. */
async function scrub(page: Page, to: number): Promise<string> {
  await expect.poll(() => timeline(page).getAttribute('max').then(Number), { timeout: 60_000 }).toBeGreaterThan(to + 5)
  await timeline(page).fill(String(to))
  await expect.poll(() => at(page)).toBe(to)
  await expect.poll(() => new URLSearchParams(stateIn(page)).get('iteration')).toBe(String(to))
  return stateIn(page)
}

/** Everything that the lab measures, as it stands there. */
const figures = (page: Page): Promise<readonly string[]> => page.locator('.figures').allTextContents()

/** Waits until a link's iteration is reached, and sees that it rests there. */
async function rests(page: Page, there: number): Promise<void> {
  await expect.poll(() => at(page), { timeout: 60_000 }).toBe(there)
  await page.waitForTimeout(600)
  expect(await at(page)).toBe(there)
  await expect.poll(() => new URLSearchParams(stateIn(page)).get('iteration')).toBe(String(there))
}

test.each([
  ['activations', 'scene=deep&layers=4', 40],
  ['batches', 'd=120&m=25', 17],
  ['optimizers', 'where=beale', 30],
  ['digits', 'kind=mlp', 60],
] as const)(
  '%s: a link opens at the iteration at which it was scrubbed, with the same numbers',
  async (lab, state, to) => {
    const { page } = await open(lab, { language: 'en', state })
    const link = await scrub(page, to)
    // Nothing else runs, or is still measured, then.
    await page.waitForTimeout(500)
    const { page: other, complaints } = await open(lab, { language: 'en', state: link })
    await rests(other, to)
    const comparable = (texts: readonly string[]): readonly string[] => (lab === 'batches' ? [] : texts) // Its figures are times of this machine, and measures of M alone.
    await expect.poll(() => figures(other).then(comparable)).toEqual(comparable(await figures(page)))
    expect(complaints).toEqual([])
  },
)

async function modelOf(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}

test('playground: the network that a link opens is the one that was scrubbed to, to the bit', async () => {
  const { page } = await open('playground', { language: 'en', state: 'rate=0.05' })
  const link = await scrub(page, 137)
  const scrubbed = await modelOf(page)
  const { page: other } = await open('playground', { language: 'en', state: link })
  await rests(other, 137)
  expect(await modelOf(other)).toBe(scrubbed)
  // A change of what is trained begins anew, and the link no longer says where it rested.
  await other.getByRole('button', { name: 'One iteration' }).click()
  await expect.poll(() => new URLSearchParams(stateIn(other)).get('iteration')).toBe('138')
  await other.getByRole('button', { name: 'Start again' }).click()
  await expect.poll(() => new URLSearchParams(stateIn(other)).get('iteration')).toBe(null)
})

test('where nothing may move, a link is gone to at once', async () => {
  const { page } = await open('playground', { language: 'en', state: 'iteration=25', reducedMotion: true })
  await rests(page, 25)
})

test('scaling: the three descents rest where a link says', async () => {
  const { page } = await open('scaling', { language: 'en', state: 'iteration=12' })
  const shown = page.getByRole('status', { name: 'iteration shown' })
  await expect.poll(() => shown.textContent()).toBe('12')
  await page.waitForTimeout(500)
  expect(await shown.textContent()).toBe('12')
})

test('a link for an iteration that nobody would wait for opens the lab as it is at first', async () => {
  const { page } = await open('playground', { language: 'en', state: 'iteration=999999999' })
  await expect.poll(() => page.locator('.player').getAttribute('data-playing')).toBe('true')
})

test('digits rests once little is left to learn, and goes on for whoever plays on', async () => {
  const { page } = await open('digits', { language: 'en', state: 'kind=mlp&iteration=1980' })
  await rests(page, 1980)
  await page.getByRole('button', { name: 'Train' }).click()
  await rests(page, 2000)
  await page.getByRole('button', { name: 'Train' }).click()
  await expect.poll(() => at(page)).toBeGreaterThan(2010)
})
