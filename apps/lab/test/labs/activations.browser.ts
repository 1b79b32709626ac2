import { readFile } from 'node:fs/promises'
import { cpu } from '@neurite/backend-cpu'
import { grad, sigmoid, tensor } from '@neurite/core'
import { expect, test } from 'vitest'
import { looksRightEverywhere } from '../support/every-look.js'
import { expectAccessible, expectNoSidewaysScroll, keepPicture, open } from '../support/open.js'

looksRightEverywhere('activations', '.activation .phi')

test('value and slope on screen are those of the package, where the point was moved', async () => {
  const { page, complaints } = await open('activations', { language: 'en', reducedMotion: true })
  const point = page.getByRole('slider', { name: 'the point x on the curve' })
  await point.focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowLeft')
  await page.waitForFunction(() => location.hash.includes('x=0'))
  const x = Number(await point.getAttribute('aria-valuenow'))
  expect(x).toBeCloseTo(0, 9)
  const at = tensor(x, { dtype: 'float64', backend: cpu() })
  expect(Number(await page.textContent('[data-measure="value"]'))).toBeCloseTo(await sigmoid(at).item(), 3)
  expect(Number(await page.textContent('[data-measure="slope"]'))).toBeCloseTo(await grad(sigmoid)(at).item(), 3)
  expect(complaints).toEqual([])
})

test('the point moves by itself at first, and stays where it is dragged', async () => {
  const { page } = await open('activations', { language: 'en' })
  const x = async (): Promise<string | null> => page.getAttribute('.activation [role="slider"]', 'aria-valuenow')
  await page.waitForSelector('.activation .phi')
  const before = await x()
  await expect.poll(x).not.toBe(before)
  const stage = (await page.locator('svg.activation').boundingBox())!
  await page.mouse.move(stage.x + stage.width * 0.8, stage.y + 200)
  await page.mouse.down()
  await page.mouse.up()
  const after = await x()
  await page.waitForTimeout(400)
  expect(await x()).toBe(after)
  await page.waitForFunction((text) => location.hash.includes(`x=${text}`), after)
})

test('the challenge: from sigmoid, whose gradient vanishes, to ReLU', async () => {
  const { page, complaints } = await open('activations', { language: 'en', state: 'scene=deep' })
  const arrives = async (): Promise<string> => (await page.textContent('[data-measure="arrives"]')) ?? ''
  await page.waitForFunction(() => Number(document.querySelector('.player')?.getAttribute('data-iteration')) > 20)
  expect(await arrives()).toContain('10⁻')
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.getByLabel('Activation φ').selectOption('relu')
  await page.getByLabel('Iterations a frame').selectOption('25')
  await page.waitForSelector('.challenge[data-solved="true"]', { timeout: 120_000 })
  expect(await page.locator('.deep .ghost').count()).toBe(11)
  await page.getByRole('button', { name: 'Pause' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download history (CSV)' }).click(),
  ])
  const [header, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\n')
  expect(header).toBe('iteration,first_layer,last_layer')
  expect(Number(rows.at(-1)!.split(',')[0])).toBe(Number(await page.getAttribute('.player', 'data-iteration')))
  await expectAccessible(page)
  expect(complaints).toEqual([])
})

test('layers without activations are joined one by one, and the link keeps it', async () => {
  const { page, complaints } = await open('activations', {
    language: 'en',
    state: 'scene=line&depth=5',
    width: 390,
    reducedMotion: true,
  })
  await page.waitForSelector('.line-stage .merged')
  await page.getByRole('button', { name: 'layer 3' }).click()
  await page.waitForFunction(() => location.hash.includes('joined=3'))
  await expectNoSidewaysScroll(page)
  await expectAccessible(page)
  await keepPicture(page, 'activations-line-390')
  await page.reload()
  await page.getByRole('button', { name: 'product of 3' }).waitFor()
  await page.getByText('tanh', { exact: true }).click()
  await page.waitForSelector('.refused')
  expect(await page.textContent('.refused')).toContain('tanh')
  expect(complaints).toEqual([])
})

test('softmax by keys', async () => {
  const { page, complaints } = await open('activations', { language: 'en', state: 'phi=softmax' })
  const handle = page.getByRole('slider', { name: 'input x4' })
  await handle.focus()
  await page.keyboard.press('Shift+ArrowUp')
  await page.waitForFunction(() => location.hash.includes('z='))
  expect(Number(await handle.getAttribute('aria-valuenow'))).toBeCloseTo(-0.5, 9)
  expect(await page.textContent('[data-measure="sum"]')).toBe('1.000')
  await expectAccessible(page)
  expect(complaints).toEqual([])
})
