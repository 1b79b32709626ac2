import { expect, test } from 'vitest'
import { costOf, traceBatches } from '../../src/labs/batches/compute.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const MEASURED = '[data-measured="true"]'

looksRightEverywhere('batches', MEASURED)

test('figures are those of the package for the D and M of the link', async () => {
  const { page, complaints } = await open('batches', { language: 'en', state: 'd=120&m=25' })
  await page.waitForSelector(MEASURED)
  expect(await page.textContent('[data-measure="iterations"]')).toBe('5')
  expect(await page.textContent('[data-measure="last"]')).toBe('20')
  const asked = { rows: 120, size: 25, order: 'shuffled-cyclic', rate: 0.3, seed: 1 } as const
  const { jitter, bytes } = await costOf(asked)
  const shown = async (name: string): Promise<number> =>
    Number.parseFloat((await page.textContent(`[data-measure="${name}"]`)) ?? '')
  expect(Math.abs((await shown('jitter')) - 100 * jitter)).toBeLessThan(0.1)
  expect(Math.abs((await shown('bytes')) - bytes / 1000)).toBeLessThan(0.1)
  expect(await shown('time')).toBeGreaterThan(0)
  const { epochs } = await traceBatches(asked)
  const said = await page.getAttribute('svg.batches', 'aria-label')
  expect(said).toContain(`the loss is ${epochs.at(-1)!.mean.toFixed(3)} on average`)
  expect(complaints).toEqual([])
})

test('the challenge is solved by dragging the end of the first batch', async () => {
  const { page } = await open('batches', { language: 'en' })
  await page.waitForSelector(MEASURED)
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  const handle = page.locator('.size-handle')
  const box = (await handle.boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 120, y, { steps: 6 })
  await page.mouse.up()
  await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe('30')
  await page.waitForSelector('.challenge[data-solved="true"]')
  await page.waitForFunction(() => location.hash.includes('m=30'))
  // One more row by a key.
  await handle.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe('31')
})

test('batches pass one by one, an epoch at a time, and the last is smaller', async () => {
  const { page, complaints } = await open('batches', {
    language: 'en',
    state: 'd=50&m=20&order=cyclic',
    reducedMotion: true,
  })
  // Nothing moves by itself: it stands at the end.
  await page.waitForSelector('.player[data-ended="true"]')
  await page.getByRole('slider', { name: 'Iterations so far' }).fill('0')
  const lit = (): Promise<number> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.cell-now')].reduce(
        (sum, path) => sum + (path.getAttribute('d') ?? '').split('M').length - 1,
        0,
      ),
    )
  expect(await lit()).toBe(0)
  await page.getByRole('button', { name: 'One iteration' }).click()
  // In the data and in the epoch.
  await expect.poll(lit).toBe(40)
  await page.getByRole('button', { name: 'One epoch' }).click()
  await expect.poll(lit).toBe(20)
  expect(await page.textContent('.batches-now')).toBe('now: epoch 1, iteration 3 of 3')
  expect(complaints).toEqual([])
})

test('the link keeps D, M and the order', async () => {
  const { page } = await open('batches', { language: 'en', state: 'd=90&m=7&order=random' })
  await page.waitForSelector(MEASURED)
  expect(await page.textContent('[data-measure="iterations"]')).toBe('13')
  await page.getByRole('slider', { name: 'batch size M' }).first().focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForFunction(() => location.hash.includes('m=8'))
  expect(page.url()).toContain('order=random')
})
