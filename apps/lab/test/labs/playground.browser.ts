import { readFile } from 'node:fs/promises'
import { wasm } from '@neurite/backend-wasm'
import { tensorsIn } from '@neurite/core'
import { layerFromConfig } from '@neurite/nn'
import { accuracy, evaluate, fit } from '@neurite/train'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { pointsOf, split } from '../../src/labs/playground/data.js'
import { hidden } from '../../src/labs/playground/layers.js'
import { pointsField } from '../../src/labs/playground/own-points.js'
import { trainingSpec } from '../../src/labs/playground/spec.js'
import { lossFromConfig } from '@neurite/losses'
import { optimizerFromConfig } from '@neurite/optimizers'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

looksRightEverywhere('playground', '.board[data-ready="true"]')

const iteration = (page: Page): Promise<number> =>
  page.locator('.player').first().getAttribute('data-iteration').then(Number)

/** What the playground trains at first, made anew here. */
function firstSpec(): ReturnType<typeof trainingSpec> {
  const points = pointsOf({ set: 'circle', points: 300, noise: 0.1, seed: 1, formula: '0', own: [] })
  return trainingSpec({
    features: ['x1', 'x2'],
    layers: [hidden(4), hidden(2)],
    loss: 'binaryCrossEntropy',
    regression: false,
    split: split(points, 0.3, 1),
    optimizer: 'adam',
    learningRate: 0.03,
    batchSize: 16,
    order: 'shuffled-cyclic',
    seed: 1,
  })
}

test('after an epoch, losses and weights are those of fit itself', async () => {
  const { page, complaints } = await open('playground', { language: 'en', reducedMotion: true })
  await page.getByRole('button', { name: 'One epoch' }).click()
  await expect.poll(() => iteration(page)).toBe(14)
  const spec = firstSpec()
  const backend = await wasm()
  const loss = lossFromConfig(spec.loss)
  const model = layerFromConfig(spec.model)
  const { seed, data } = spec
  const { params } = await fit(model, data, {
    loss,
    optimizer: optimizerFromConfig(spec.optimizer),
    epochs: 1,
    batchSize: 16,
    order: 'shuffled-cyclic',
    seed,
    backend,
  })
  for (const [name, rows] of [
    ['train', data],
    ['test', spec.test!],
  ] as const) {
    const report = await evaluate(model, params, rows, { loss, metrics: { accuracy } })
    await expect
      .poll(async () => Number(await page.textContent(`[data-measure="${name}"]`)))
      .toBeCloseTo(report.loss, 2)
    await expect
      .poll(async () => Number(await page.textContent(`[data-figure="${name}"]`)))
      .toBeCloseTo(report.accuracy, 3)
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ])
  const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as {
    readonly training: { readonly iteration: number }
    readonly params: readonly { readonly weight: number[][] }[]
  }
  expect(saved.training.iteration).toBe(14)
  const leaves = await Promise.all(tensorsIn([params]).map((leaf) => leaf.toArray()))
  expect(leaves).toContainEqual(saved.params[0]!.weight)
  expect(leaves).toContainEqual(saved.params[2]!.weight)
  expect(complaints).toEqual([])
})

test('the challenge is solved by choosing the spiral, inputs and neurons', async () => {
  const { page } = await open('playground', { language: 'en', state: 'net=16-relu_15-relu', reducedMotion: true })
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.getByRole('radio', { name: 'spiral' }).check()
  await page.getByRole('button', { name: 'input feature sin x₁' }).click()
  await page.getByRole('button', { name: 'input feature sin x₂' }).click()
  await page.getByRole('button', { name: 'one neuron more in hidden layer 2' }).click()
  for (let epoch = 1; epoch < 80; epoch++) {
    await page.getByRole('button', { name: 'One epoch' }).click()
    await expect.poll(() => iteration(page), { timeout: 30_000 }).toBe(14 * epoch)
    if ((await page.getAttribute('.challenge', 'data-solved')) === 'true') break
  }
  await page.waitForSelector('.challenge[data-solved="true"]')
  expect(Number(await page.textContent('[data-figure="test"]'))).toBeGreaterThan(0.95)
  await page.waitForFunction(
    () => location.hash.includes('data=spiral') && location.hash.includes('net=16-relu_16-relu'),
  )
})

test('neurons and their weights are reached by keys, and shown in numbers', async () => {
  const { page, complaints } = await open('playground', { language: 'en', reducedMotion: true })
  await page.waitForSelector('.units')
  await page.getByRole('listbox', { name: 'hidden layer 1, 4 neurons' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.waitForSelector('.chosen[data-unit="0-1"]')
  await page.keyboard.press('ArrowRight')
  await page.waitForSelector('.chosen[data-unit="1-0"]')
  expect(await page.locator('.chosen .weight').count()).toBe(4)
  await page.locator('.chosen .weight').nth(2).focus()
  const label = (await page.textContent('.weight-label'))!
  expect(await page.locator('.chosen .weight').nth(2).getAttribute('aria-label')).toContain(label)
  expect(complaints).toEqual([])
})

test('a weight is set by keys and at its edge, undone, and the link brings it back at its iteration', async () => {
  const { page, complaints } = await open('playground', { language: 'en', state: 'iteration=20' })
  await expect.poll(() => iteration(page)).toBe(20)
  await expect.poll(() => page.getAttribute('.player', 'data-playing')).toBe('false')
  await page.getByRole('listbox', { name: 'hidden layer 1, 4 neurons' }).focus()
  await page.locator('.chosen .weight').first().focus()
  const field = page.locator('.by-hand').getByLabel('hidden layer 1, neuron 1: weight from number 1')
  const before = await field.inputValue()
  await page.keyboard.press('Enter')
  await expect.poll(() => field.evaluate((input) => document.activeElement === input)).toBe(true)
  await page.keyboard.type('1.25')
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => page.locator('.chosen .weight').first().textContent()).toBe('1.30')
  await page.waitForFunction(() => location.hash.includes('edits=20-0w0-1.3'))
  const link = page.url()
  // Trained on, and gone back to.
  await page.getByRole('button', { name: 'One epoch' }).click()
  await expect.poll(() => iteration(page)).toBe(28)
  await expect.poll(() => page.locator('.chosen .weight').first().textContent()).not.toBe('1.30')
  await page.getByRole('slider', { name: 'Iterations so far' }).fill('20')
  await expect.poll(() => page.locator('.chosen .weight').first().textContent()).toBe('1.30')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => field.inputValue()).toBe(before)
  expect(await iteration(page)).toBe(20)
  // By the pointer, at the edge.
  await page.goto('about:blank')
  await page.goto(link)
  await expect.poll(() => iteration(page)).toBe(20)
  await page.getByRole('listbox', { name: 'hidden layer 1, 4 neurons' }).focus()
  await expect.poll(() => page.locator('.chosen .weight').first().textContent()).toBe('1.30')
  await page.locator('.chosen .weight').first().focus()
  const label = (await page.locator('.weight-label').boundingBox())!
  await page.mouse.click(label.x + label.width / 2, label.y + label.height / 2)
  await page.waitForSelector('.weight-label[data-held] input')
  await page.locator('.weight-label input').fill('-2')
  await expect.poll(() => page.locator('.weight').first().textContent()).toBe('−2.00')
  // Another shape has other weights.
  await page.getByRole('button', { name: 'one hidden layer more' }).click()
  await page.waitForFunction(() => !location.hash.includes('edits='))
  expect(complaints).toEqual([])
})

test('own points are set by pointer and keys, and the link brings them back', async () => {
  const { page, complaints } = await open('playground', { language: 'en', reducedMotion: true })
  await page.getByRole('radio', { name: 'your own' }).check()
  const map = page.locator('.surface-map')
  const box = (await map.boundingBox())!
  await page.mouse.click(box.x + 0.9 * box.width, box.y + 0.1 * box.height)
  await page.getByText('13 points').waitFor()
  await map.focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Enter')
  await page.getByText('14 points').waitFor()
  await page.getByRole('button', { name: 'one hidden layer more' }).click()
  await page.waitForFunction(() => location.hash.includes('own=') && location.hash.includes('net=4-tanh_2-tanh_2-tanh'))
  const link = page.url()
  const query = new URLSearchParams(link.split('?')[1])
  expect(pointsField.parse(query.get('own')!)).toHaveLength(14)
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByText('14 points').waitFor()
  await expect.poll(() => page.locator('.units').count()).toBe(3)
  expect(complaints).toEqual([])
})

test('a boundary is written as a formula, and what cannot be read is said', async () => {
  const { page, complaints } = await open('playground', { language: 'en', state: 'data=formula' })
  const field = page.getByLabel('Formula of the boundary')
  await field.fill('x^2 + y^2 < 9')
  await page.waitForFunction(() => location.hash.includes('formula='))
  await field.fill('alert(1)')
  await page.getByText('This part cannot be read: alert()').waitFor()
  expect(await page.evaluate(() => location.hash)).toContain(encodeURIComponent('<').slice(1))
  expect(complaints).toEqual([])
})

test('eight layers of 64 neurons train, and each is a cell', async () => {
  const net = Array(8).fill('64-relu').join('_')
  const { page, complaints } = await open('playground', { language: 'en', state: `net=${net}` })
  await page.getByText('only the 320 largest weights').waitFor()
  await page.waitForSelector('.board[data-ready="true"]')
  expect(await page.locator('.unit').count()).toBe(8 * 64)
  const before = await iteration(page)
  await expect.poll(() => iteration(page), { timeout: 60_000 }).toBeGreaterThan(before)
  expect(complaints).toEqual([])
})
