import { configOf } from '@neurite/nn'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { digitRows } from '../../src/labs/digits/compute.js'
import { imageOf, SIDE, textOf } from '../../src/labs/digits/image.js'
import { networkOf, placeOf } from '../../src/labs/digits/network.js'
import { FIRST } from '../../src/labs/digits/state.js'
import { LiveTraining } from '../../src/training/live-training.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const JUDGED = '[data-measure="accuracy"][data-exact]'

looksRightEverywhere('digits', JUDGED)

const rows = digitRows()
const imageOfRow = (row: number): readonly number[] =>
  Array.from(rows.test.x.data.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE), (ink) => 16 * ink)

/** The network of the page at an iteration, in this process. */
async function trained(iterations: number): Promise<LiveTraining> {
  const training = await LiveTraining.open({
    model: configOf(networkOf('cnn', 32).model),
    loss: { kind: 'sparseCrossEntropy' },
    optimizer: { kind: 'adam', learningRate: 0.005 },
    data: rows.train,
    test: rows.test,
    batchSize: 32,
    seed: 1,
    classes: true,
    backend: 'wasm',
  })
  await training.advance(iterations)
  return training
}

const points = { shape: [1, SIDE, SIDE, 1], data: Float32Array.from(imageOf(FIRST), (ink) => ink / 16) }

const exact = async (page: Page, selector: string): Promise<number> =>
  Number(await page.getAttribute(selector, 'data-exact'))

async function press(page: Page, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await page.keyboard.press(key)
}

test('prediction, accuracy and the sum of a unit are those of the packages', async () => {
  const { page, complaints } = await open('digits', { language: 'en', reducedMotion: true })
  await page.waitForSelector(JUDGED)
  await page.getByRole('button', { name: 'One epoch' }).click()
  await page.waitForSelector('.player[data-iteration="45"]')
  await page.locator('[data-layer="conv2d"]').first().focus()
  // Through the first map into the second: filter 2, row 1, column 3.
  await press(page, 'ArrowRight', 8)
  await page.waitForFunction(() => document.querySelector('.terms')?.ariaLabel?.includes('filter 2 · row 1, column 3'))
  await page.waitForTimeout(200)
  const training = await trained(45)
  const cell = { shown: 0, filter: 1, row: 0, column: 2 }
  const { outputs, unit, testAccuracy } = await training.frame({
    measure: false,
    predictions: true,
    points,
    unit: placeOf(networkOf('cnn', 32), cell),
  })
  await training.close()
  expect(await exact(page, '[data-measure="accuracy"]')).toBeCloseTo(testAccuracy!, 6)
  const best = outputs!.indexOf(Math.max(...outputs!))
  expect(await page.getAttribute('.answer', 'data-answer')).toBe(String(best))
  expect(Number(await page.getAttribute('.answer', 'data-probability'))).toBeCloseTo(outputs![best]!, 4)
  const numbers = await page.$$eval('.numbers text', (found) => found.map((text) => Number(text.dataset['value'])))
  const { inputs, weighted, output } = unit!
  const wanted = [...inputs, ...weighted!.weights, ...weighted!.products]
  expect(numbers.length).toBe(27)
  numbers.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4))
  for (const [name, value] of [
    ['products', weighted!.sum],
    ['bias', weighted!.bias],
    ['z', weighted!.z],
    ['output', output],
  ] as const)
    expect(await exact(page, `[data-term="${name}"]`)).toBeCloseTo(value, 4)
  expect(complaints).toEqual([])
})

test('the challenge is solved: trained until it reads well, then a two is drawn with the keys', async () => {
  const { page, complaints } = await open('digits', { language: 'en' })
  await page.waitForSelector(JUDGED)
  await page.locator('.player-speed select').first().selectOption('10')
  await page.waitForFunction(
    () => Number(document.querySelector('[data-measure="accuracy"]')?.textContent) > 0.955,
    null,
    {
      timeout: 200_000,
    },
  )
  await page.getByRole('button', { name: 'Pause' }).click()
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.getByRole('button', { name: 'Clear' }).click()
  const image = imageOfRow(rows.test.y.data.indexOf(2))
  await page.locator('.pad [role="gridcell"][tabindex="0"]').focus()
  await press(page, 'ArrowUp', SIDE)
  await press(page, 'ArrowLeft', SIDE)
  for (let row = 0; row < SIDE; row++) {
    for (let step = 0; step < SIDE; step++) {
      // Every other row from the right.
      const column = row % 2 === 0 ? step : SIDE - 1 - step
      const ink = image[row * SIDE + column]!
      await press(page, step % 2 === 0 ? 'Space' : 'Enter', ink >= 12 ? 2 : ink >= 4 ? 1 : 0)
      if (step < SIDE - 1) await page.keyboard.press(row % 2 === 0 ? 'ArrowRight' : 'ArrowLeft')
    }
    if (row < SIDE - 1) await page.keyboard.press('ArrowDown')
  }
  await page.waitForSelector('.challenge[data-solved="true"]', { timeout: 20_000 })
  expect(await page.getAttribute('.answer', 'data-answer')).toBe('2')
  expect(complaints).toEqual([])
})

test('a stroke of the pointer inks the pad softly, the eraser takes it away, and the link keeps it', async () => {
  const { page } = await open('digits', { language: 'en', reducedMotion: true })
  await page.waitForSelector(JUDGED)
  await page.getByRole('button', { name: 'Clear' }).click()
  const pad = (await page.locator('.pad').boundingBox())!
  const at = (column: number, row: number): [number, number] => [
    pad.x + ((column + 0.5) / SIDE) * pad.width,
    pad.y + ((row + 0.5) / SIDE) * pad.height,
  ]
  const drag = async (): Promise<void> => {
    await page.mouse.move(...at(3, 1))
    await page.mouse.down()
    await page.mouse.move(...at(3, 6), { steps: 6 })
    await page.mouse.up()
  }
  const inks = (): Promise<number[]> =>
    page.$$eval('.pad rect', (cells) => cells.map((cell) => Number(cell.dataset['ink'])))
  await drag()
  const drawn = await inks()
  expect([1, 2, 3, 4, 5, 6].map((row) => drawn[row * SIDE + 3])).toEqual([16, 16, 16, 16, 16, 16])
  expect(drawn[3 * SIDE + 4]).toBeGreaterThan(0)
  expect(drawn[3 * SIDE + 4]).toBeLessThan(16)
  expect(drawn[3 * SIDE + 6]).toBe(0)
  await page.waitForFunction((image) => location.hash.includes(`image=${image}`), textOf(drawn))
  const link = page.url()
  await page.getByRole('button', { name: 'Eraser' }).click()
  await drag()
  expect((await inks())[3 * SIDE + 3]).toBe(0)
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector(JUDGED)
  expect(await inks()).toEqual(drawn)
})

test('a misread digit that is chosen stands on the pad, and is misread there as well', async () => {
  const { page } = await open('digits', { language: 'en', reducedMotion: true, state: 'kind=mlp' })
  await page.waitForSelector(JUDGED)
  await page.getByRole('button', { name: 'One epoch' }).click()
  await page.waitForSelector('.player[data-iteration="45"]')
  const chosen = page.locator('.gallery button').nth(2)
  await chosen.click()
  const row = Number(await chosen.getAttribute('data-row'))
  const [, truth, said] = /Put this (\d), read as (\d)/.exec(
    (await chosen.locator('canvas').getAttribute('aria-label'))!,
  )!
  expect(Number(truth)).toBe(rows.test.y.data[row])
  const inks = await page.$$eval('.pad rect', (cells) => cells.map((cell) => Number(cell.dataset['ink'])))
  expect(inks).toEqual(imageOfRow(row))
  await page.waitForFunction((digit) => document.querySelector('.answer')?.getAttribute('data-answer') === digit, said)
  const counts = await page.$$eval('.confusion td', (cells) => cells.map((cell) => Number(cell.dataset['count'])))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(360)
  expect(counts[Number(truth) * 10 + Number(said)]).toBeGreaterThan(0)
})
