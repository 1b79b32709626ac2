import { expect, test } from 'vitest'
import { networkNumbers } from '../../src/labs/graph/compute.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { expectAccessible, expectNoSidewaysScroll, keepPicture, open } from '../support/open.js'

looksRightEverywhere('graph', '.graph-stage .whole')

const WEIGHTS = 'w1=1,-2,3,0.5,-1&b=0.5,1,-1,0,2&out=1,-1,2,0.5,-0.5&x1=0.75'

test('the sum of a neuron and the output are those of the package', async () => {
  const { page, complaints } = await open('graph', { language: 'en', state: WEIGHTS, reducedMotion: true })
  await page.waitForSelector('.graph-stage .whole')
  await page.getByRole('button', { name: /^neuron 3:/ }).focus()
  const { z, a, output } = await networkNumbers({
    inputs: 1,
    phi: 'sigmoid',
    one: false,
    w: [[1, -2, 3, 0.5, -1]],
    b: [0.5, 1, -1, 0, 2],
    v: [1, -1, 2, 0.5, -0.5],
    x: [0.75],
  })
  expect(Number(await page.textContent('[data-measure="z"]'))).toBeCloseTo(z[2]!, 2)
  expect(Number(await page.textContent('[data-measure="a"]'))).toBeCloseTo(a[2]!, 2)
  expect(Number(await page.textContent('[data-measure="output"]'))).toBeCloseTo(output, 3)
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => page.getAttribute('.neuron-sum', 'data-neuron')).toBe('3')
  expect(complaints).toEqual([])
})

test('a weight is dragged on the stage and moved by keys; output and link follow', async () => {
  const { page } = await open('graph', { language: 'en', state: WEIGHTS, reducedMotion: true })
  const handle = page.getByRole('slider', { name: 'weight v from neuron 1 on' })
  const output = async (): Promise<number> => Number(await page.textContent('[data-measure="output"]'))
  await handle.waitFor()
  const before = await output()
  const box = (await handle.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 36, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => Number(await handle.getAttribute('aria-valuenow'))).toBeCloseTo(2, 6)
  await expect.poll(output).toBeGreaterThan(before)
  await handle.focus()
  await page.keyboard.press('ArrowDown')
  await expect.poll(async () => Number(await handle.getAttribute('aria-valuenow'))).toBeCloseTo(1.9, 6)
  await page.waitForFunction(() => location.hash.includes('out=1.9'))
  const now = await output()
  await page.reload()
  await handle.waitFor()
  await expect.poll(output).toBe(now)
})

test('the challenge is solved by typing a step up and a step down', async () => {
  const { page, complaints } = await open('graph', { language: 'en' })
  await page.waitForSelector('.graph-stage .whole')
  const weights = [
    [4, 4, 1],
    [4, -4, -1],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (const [i, [w, b, v]] of weights.entries()) {
    await page.getByRole('button', { name: new RegExp(`^neuron ${i + 1}:`) }).focus()
    await page.getByLabel('w', { exact: true }).fill(String(w))
    await page.getByLabel('b', { exact: true }).fill(String(b))
    await page.getByLabel('v', { exact: true }).fill(String(v))
  }
  await page.waitForSelector('.challenge[data-solved="true"]')
  await expect.poll(() => page.locator('.mark[data-hit="true"]').count()).toBe(3)
  expect(complaints).toEqual([])
})

test('the bias becomes a weight of the input 1, with two inputs, on a phone', async () => {
  const { page, complaints } = await open('graph', { state: 'inputs=2', width: 360, height: 740 })
  await page.waitForSelector('.graph-stage image')
  expect(await page.locator('.disc.one').count()).toBe(0)
  await page.getByText('입력 1의 가중치').click()
  await page.waitForSelector('.disc.one')
  expect(await page.locator('.edge').count()).toBe(20)
  await page.waitForFunction(() => location.hash.includes('one=1'))
  await page.waitForTimeout(3000)
  await expectNoSidewaysScroll(page)
  await expectAccessible(page)
  await keepPicture(page, 'graph-two-inputs-360')
  expect(complaints).toEqual([])
})

test('a guess is made, both networks are trained, and the page says who suffers', async () => {
  const { page, complaints } = await open('graph', { language: 'en', state: 'scene=flatten' })
  await page.getByRole('radio', { name: 'convolution' }).check()
  await page.waitForSelector('.guess[data-told="true"]', { timeout: 120_000 })
  expect(await page.textContent('.guess')).toContain('You were right')
  const lost = async (net: string): Promise<number> => parseFloat((await page.textContent(`[data-measure="${net}"]`))!)
  expect(await lost('conv')).toBeGreaterThan((await lost('dense')) + 3)
  await expectAccessible(page)
  await keepPicture(page, 'graph-flatten-en-1280')
  // Back to an epoch: the curves end there, and what is lost is what was lost then. A link opens there, with the same numbers.
  const line = page.locator('svg.race .shuffled').first()
  const whole = await line.getAttribute('d')
  await page.getByRole('slider', { name: 'Epochs so far' }).fill('5')
  await expect.poll(() => line.getAttribute('d')).not.toBe(whole)
  const then = [await lost('dense'), await lost('conv')]
  await page.waitForFunction(() => location.hash.includes('epoch=5'))
  const { page: other } = await open('graph', { language: 'en', state: page.url().split('?')[1]! })
  await other.waitForFunction(() =>
    document.querySelector('svg.race')?.getAttribute('aria-label')?.includes('After 5 '),
  )
  expect([await lost('dense'), await lost('conv')]).toEqual(then)
  await other.getByRole('slider', { name: 'Epochs so far' }).waitFor()
  await expect
    .poll(() => other.locator('svg.race').getAttribute('aria-label'), { timeout: 60_000 })
    .toBe(await page.locator('svg.race').getAttribute('aria-label'))
  expect(complaints).toEqual([])
})
