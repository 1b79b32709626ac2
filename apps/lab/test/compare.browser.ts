import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, open } from './support/open.js'

const row = (page: Page, run: string) => page.locator(`.compare tr[data-run="${run}"]`)
const rows = (page: Page): Promise<string[]> =>
  page.locator('.compare tbody tr:not([data-run="now"])').allTextContents()

/** Waits for the table to say so: a page draws after a click, not in it. */
async function keep(page: Page): Promise<void> {
  const before = await rows(page)
  await page.getByRole('button', { name: 'Keep this run, to compare' }).click()
  await expect.poll(() => rows(page)).not.toEqual(before)
}

/** The figures of kept runs as the link has them, the newest last. */
function linked(page: Page): (readonly string[])[] {
  const text = new URLSearchParams(page.url().split('?')[1]).get('kept') ?? ''
  if (text === '') return []
  const runs = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string, object, string[]][]
  return runs.map(([, , , figures]) => figures)
}

/** Waits for a curve that can be kept: one of several points. */
const drawn = (page: Page, curve: string): Promise<void> =>
  expect.poll(() => page.locator(`${curve} path`).first().getAttribute('d')).toMatch(/L/)

/** Keeps what is there, changes something, and sees both: in what they differ, how each did, and the kept curve in the chart. */
async function compares(page: Page, change: () => Promise<void>, differs: RegExp): Promise<void> {
  await drawn(page, '.chart-line')
  await keep(page)
  const figures = await row(page, 'A').locator('td.number').allTextContents()
  expect(await row(page, 'now').textContent()).toContain('the same settings')
  await change()
  await expect.poll(() => row(page, 'A').textContent()).toMatch(differs)
  expect(await row(page, 'now').textContent()).not.toContain('the same settings')
  // What was kept stays as it was.
  expect(await row(page, 'A').locator('td.number').allTextContents()).toEqual(figures)
  await drawn(page, '.chart-kept-A')
}

test('playground: three runs are kept beside the present one, and the fourth takes the place of the first', async () => {
  const { page, complaints } = await open('playground', { language: 'en', state: 'iteration=60' })
  await expect.poll(() => page.locator('.player').getAttribute('data-iteration')).toBe('60')
  await compares(
    page,
    async () => {
      await page.getByLabel('Optimizer').first().selectOption('sgd')
      await page.getByRole('button', { name: 'One epoch' }).click()
      await expect.poll(() => page.locator('.player').getAttribute('data-iteration')).not.toBe('60')
      await drawn(page, '.chart-test')
    },
    /optimizer adam/,
  )
  await keep(page)
  await keep(page)
  expect(await rows(page)).toHaveLength(3)
  await keep(page)
  expect(await rows(page)).toHaveLength(3)
  expect(await row(page, 'A').textContent()).not.toMatch(/adam/)
  await expectAccessible(page)
  // They go with the link, words, figures and curves; a reset leaves them.
  await page.getByText('Kept runs go with the link.').waitFor()
  const figures = await Promise.all(['B', 'C', 'A'].map((run) => row(page, run).locator('td.number').allTextContents()))
  await expect.poll(() => linked(page)).toEqual(figures)
  const { page: other, complaints: others } = await open('playground', {
    language: 'en',
    state: page.url().split('?v=1&')[1] ?? page.url().split('?')[1]!,
  })
  await expect.poll(() => rows(other)).toEqual(await rows(page))
  await drawn(other, '.chart-kept-B')
  expect(others).toEqual([])
  await page.getByRole('button', { name: 'Reset' }).click()
  expect(await rows(page)).toHaveLength(3)
  for (const letter of ['A', 'B', 'C']) await page.getByRole('button', { name: `Remove run ${letter}` }).click()
  await expect.poll(() => page.locator('.compare table').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('batches: a training with another M is seen beside the first', async () => {
  const { page, complaints } = await open('batches', { language: 'en', state: 'd=100&m=5' })
  await page.getByText('Keep this run').waitFor()
  await compares(
    page,
    async () => {
      await page
        .getByRole('spinbutton', { name: /batch size/ })
        .or(page.getByRole('slider', { name: /batch size/ }))
        .first()
        .focus()
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
    },
    /batch M=5/,
  )
  expect(complaints).toEqual([])
})

test('digits: a convolution beside dense layers', async () => {
  const { page, complaints } = await open('digits', { language: 'en', state: 'kind=mlp&iteration=50' })
  await expect.poll(() => page.locator('.player').getAttribute('data-iteration'), { timeout: 30_000 }).toBe('50')
  await compares(page, () => page.locator('.segments').getByText('CNN').first().click(), /network mlp 32/)
  expect(complaints).toEqual([])
})

test('own data: scaled beside raw; another target is nothing to compare with', async () => {
  const { page, complaints } = await open('own-data', { language: 'en', state: 'table=wine&epochs=20' })
  await page.waitForSelector('.own-caption[data-ended="true"]')
  await compares(page, () => page.getByText('z-score').first().click(), /scaling/)
  await page.waitForSelector('.own-caption[data-ended="true"]')
  const scores = page.locator('.compare tr[data-run] td:nth-last-child(2)')
  await expect
    .poll(async () => Number(await scores.last().textContent()))
    .toBeGreaterThan(Number(await scores.first().textContent()))
  await page.locator('.block-controls select').first().selectOption('iris')
  await expect.poll(() => page.locator('.compare table').count()).toBe(0)
  expect(complaints).toEqual([])
})
