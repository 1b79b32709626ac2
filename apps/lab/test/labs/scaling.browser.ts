import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { descents, scaled } from '../../src/labs/scaling/compute.js'
import { SCALINGS } from '../../src/labs/scaling/names.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

looksRightEverywhere('scaling', '[data-bar="zscore"]')

const bar = async (page: Page, name: string): Promise<string> => (await page.textContent(`[data-bar="${name}"]`)) ?? ''
const counts = async (page: Page): Promise<number[]> => {
  const said = await Promise.all(SCALINGS.map((scaling) => bar(page, scaling)))
  return said.map((text) => Number(text.replace(/\D/g, '')))
}

test('the iterations on screen are those that the package needs', async () => {
  const { page, complaints } = await open('scaling', { language: 'en', state: 'rate=60' })
  await page.waitForSelector('[data-bar="zscore"]')
  const found = descents({ outlier: undefined, share: 0.6 })
  expect(await counts(page)).toEqual(SCALINGS.map((scaling) => found[scaling].iterations))
  const { raw } = scaled({ outlier: undefined, aspect: 1 })
  expect(await page.textContent('.block-measure')).toContain(`κ ${Math.round(raw.condition)}`)
  expect(complaints).toEqual([])
})

test('the ways go down by themselves, and the timeline goes back', async () => {
  const { page } = await open('scaling', { language: 'en' })
  const ended = page.locator('.panel-count[data-ended="true"]')
  await expect.poll(() => ended.count(), { timeout: 20_000 }).toBeGreaterThan(0)
  await page.getByRole('slider', { name: 'iteration shown' }).focus()
  await page.keyboard.press('Home')
  expect(await ended.count()).toBe(0)
  expect(await page.textContent('.panel-count')).toBe('iteration 0')
})

test('the challenge is solved by moving the learning rate', async () => {
  const { page } = await open('scaling', { language: 'en', reducedMotion: true })
  await page.waitForSelector('[data-bar="zscore"]')
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.locator('.idea .scrub').focus()
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowLeft')
  await page.waitForSelector('.challenge[data-solved="true"]')
  expect((await counts(page))[2]).toBeLessThanOrEqual(10)
  await page.waitForFunction(() => location.hash.includes('rate=80'))
})

test('a rate above the limit diverges, and says so', async () => {
  const { page } = await open('scaling', { language: 'en', state: 'rate=105', reducedMotion: true })
  await page.waitForSelector('[data-bar="zscore"]')
  expect(await bar(page, 'raw')).toBe('diverges')
})

test('a person dragged away crowds the others, by min-max more than by z-score; the link keeps the place', async () => {
  const { page, complaints } = await open('scaling', { language: 'en', reducedMotion: true })
  await page.waitForSelector('[data-bar="kept-minmax"]')
  const person = page.getByRole('slider', { name: /a person to drag/ })
  const box = (await person.locator('.hit').boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x, y - 120, { steps: 6 })
  await page.mouse.up()
  await expect.poll(async () => parseFloat(await bar(page, 'kept-minmax'))).toBeLessThan(40)
  expect(parseFloat(await bar(page, 'kept-zscore'))).toBeGreaterThan(1.5 * parseFloat(await bar(page, 'kept-minmax')))
  await page.waitForFunction(() => location.hash.includes('person='))
  await page.waitForTimeout(600)
  const kept = await bar(page, 'kept-minmax')
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector('[data-bar="kept-minmax"]')
  await expect.poll(() => bar(page, 'kept-minmax')).toBe(kept)
  expect(complaints).toEqual([])
})

test("the chapter's list is there, and its outlier moves by keys", async () => {
  const { page } = await open('scaling', { language: 'en', state: 'view=list' })
  await page.waitForSelector('[data-bar="kept-minmax"]')
  expect(await page.locator('.values').nth(1).textContent()).toMatch(/^0.00 +0.00 +0.01 .* 0.03 +1.00$/)
  await page.getByRole('slider', { name: 'last number of the list' }).focus()
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowLeft')
  await expect.poll(() => page.locator('.values').nth(1).textContent()).toMatch(/0.04 +1.00$/)
})
