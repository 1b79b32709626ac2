import type { Page } from 'playwright-core'
import { cpu } from '@neurite/backend-cpu'
import { tensor } from '@neurite/core'
import { crossEntropy, mse, sse, sumAbsoluteResiduals } from '@neurite/losses'
import { expect, test } from 'vitest'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

looksRightEverywhere('losses', '[data-measure="cee"]')

const measured = async (page: Page, name: string): Promise<number> =>
  Number(await page.textContent(`[data-measure="${name}"]`))

test('the losses on screen are those of the package', async () => {
  const { page, complaints } = await open('losses', { language: 'en', state: 'p=0.7,0.1,0.4&y=1,0,0.5&softmax=0' })
  await page.waitForSelector('[data-measure="cee"]')
  const backend = cpu()
  const [p, y] = [tensor([0.7, 0.1, 0.4], { backend }), tensor([1, 0, 0.5], { backend })]
  for (const [name, loss] of Object.entries({ sse, mse, abs: sumAbsoluteResiduals, cee: crossEntropy }))
    expect(await measured(page, name)).toBeCloseTo(Number(await loss(p, y).item()), 3)
  expect(await page.textContent('.block-controls')).toContain('The outputs add up to 1.20.')
  expect(complaints).toEqual([])
})

test('the numbers come in, and end at the example of the chapter: an SSE of 0.38', async () => {
  const { page } = await open('losses')
  await page.waitForFunction(() => document.querySelector('[data-measure="sse"]')?.textContent === '0.380')
})

test('the challenge is solved by dragging one output, and moving another by keys', async () => {
  const { page } = await open('losses', { language: 'en', reducedMotion: true })
  await page.waitForSelector('[data-measure="cee"]')
  const first = page.getByRole('slider', { name: 'output 1 of the model' })
  const box = (await first.locator('.hit').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height + 20, { steps: 5 })
  await page.mouse.up()
  await expect.poll(async () => Number(await first.getAttribute('aria-valuenow'))).toBe(0.001)
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  const second = page.getByRole('slider', { name: 'output 2 of the model' })
  await second.focus()
  for (let i = 0; i < 20 && (await page.getAttribute('.challenge', 'data-solved')) === 'false'; i++) {
    await page.keyboard.press('ArrowDown')
    await page.waitForTimeout(60)
  }
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('true')
  expect(await measured(page, 'sse')).toBeCloseTo(0.38, 1)
  expect(await measured(page, 'cee')).toBeLessThan(0.6)
  await page.waitForFunction(() => location.hash.includes('p=0.001'))
})

test('following the arrows goes down the chosen loss', async () => {
  const { page, complaints } = await open('losses', { language: 'en', state: 'loss=cee', reducedMotion: true })
  await page.getByRole('button', { name: 'Follow the arrows' }).click()
  await page.waitForFunction(() => Number(document.querySelector('[data-measure="cee"]')?.textContent) < 0.4)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Follow the arrows' }).waitFor()
  expect(complaints).toEqual([])
})

test('an outlier that is moved takes the mean with it and leaves the median; the link keeps both', async () => {
  const { page } = await open('losses', { language: 'en', state: 'view=outlier&heights=3,2,4,3,2,4,3,5,3' })
  await page.waitForSelector('[data-measure="least-sse"]')
  expect(await measured(page, 'least-sse')).toBeCloseTo(29 / 9, 2)
  expect(await measured(page, 'least-abs')).toBe(3)
  const outlier = page.locator('.points').getByRole('slider', { name: 'height of point 8' })
  await outlier.focus()
  for (let i = 0; i < 8; i++) await page.keyboard.press('Shift+ArrowUp')
  await page.waitForFunction(() => document.querySelector('[data-measure="least-sse"]')?.textContent === '3.67')
  expect(await measured(page, 'least-abs')).toBe(3)
  await page.waitForFunction(() => decodeURIComponent(location.hash).includes('heights=3,2,4,3,2,4,3,9,3'))
})
