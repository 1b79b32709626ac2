import { cpu } from '@neurite/backend-cpu'
import { approximate } from '@neurite/explain'
import { expect, test } from 'vitest'
import { curve } from '../../src/labs/approximation/targets.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const SETTLED = '[data-working="false"]'

looksRightEverywhere('approximation', SETTLED)

test('the error on screen is that of the package, for the function that the lab shows', async () => {
  const { page, complaints } = await open('approximation', { language: 'en', state: 'n=9&phi=relu&target=sine' })
  await page.waitForSelector(SETTLED)
  const { supError } = await approximate(curve('sine', []), {
    domain: [-1, 1],
    neurons: 9,
    activation: 'relu',
    seed: 1,
    backend: cpu(),
  })
  const shown = Number(await page.textContent('[data-measure="sup"]'))
  expect(Math.abs(shown - supError)).toBeLessThan(0.01 * supError)
  expect(complaints).toEqual([])
})

test('the challenge is solved by dragging the number of neurons', async () => {
  const { page } = await open('approximation')
  await page.waitForSelector(SETTLED)
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  const neurons = page.locator('.idea .scrub')
  const box = (await neurons.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + 24, box.y + box.height / 2, { steps: 4 })
  await page.mouse.up()
  await page.waitForSelector('.challenge[data-solved="true"]')
  await page.waitForFunction(() => location.hash.includes('n=10'))
})

test('a curve is drawn on the stage, moved by keys, and kept in the link', async () => {
  const { page, complaints } = await open('approximation', { language: 'en' })
  await page.waitForSelector(SETTLED)
  const stage = (await page.locator('svg.approximation').boundingBox())!
  await page.mouse.move(stage.x + 120, stage.y + 100)
  await page.mouse.down()
  await page.mouse.move(stage.x + stage.width - 80, stage.y + 200, { steps: 30 })
  await page.mouse.up()
  const handle = page.getByRole('slider', { name: 'height at x = 0', exact: true })
  const before = Number(await handle.getAttribute('aria-valuenow'))
  await handle.focus()
  await page.keyboard.press('ArrowDown')
  await expect.poll(async () => Number(await handle.getAttribute('aria-valuenow'))).toBeCloseTo(before - 0.05, 6)
  await page.waitForFunction(() => location.hash.includes('target=own'))
  const link = page.url()
  await page.waitForSelector(SETTLED)
  const error = await page.textContent('[data-measure="sup"]')
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector(SETTLED)
  expect(await page.textContent('[data-measure="sup"]')).toBe(error)
  expect(complaints).toEqual([])
})

test('an activation that cannot approximate says so', async () => {
  const { page } = await open('approximation', { language: 'en', state: 'phi=identity' })
  expect(await page.textContent('[role="alert"]')).toContain('identity')
})
