import { readFile } from 'node:fs/promises'
import { cpu } from '@neurite/backend-cpu'
import { parseCsv } from '@neurite/data'
import { decodeModel } from '@neurite/io'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { training } from '../../src/labs/own-data/compute.js'
import { summaryOf } from '../../src/labs/own-data/describe.js'
import { exampleCsv } from '../../src/labs/own-data/examples.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const ENDED = '.own-caption[data-ended="true"]'

looksRightEverywhere('own-data', ENDED)

const measure = async (page: Page, name: string): Promise<number> =>
  Number(await page.textContent(`[data-measure="${name}"]`))

test('the numbers on screen are those of the packages, for the same choices', async () => {
  const { page, complaints } = await open('own-data', {
    language: 'en',
    state: 'table=diabetes&scaling=minMax&epochs=20',
  })
  await page.waitForSelector(ENDED)
  const table = parseCsv(exampleCsv('diabetes'))
  const columns = table.columnNames.map((name) => summaryOf(name, table.column(name)))
  const choices = {
    target: 'progression',
    task: 'values',
    features: table.columnNames.slice(0, -1),
    scaling: 'minMax',
    scaleTarget: true,
    hidden: [16],
    activation: 'relu',
    learningRate: 0.01,
    batchSize: 16,
    epochs: 20,
    seed: 5,
  } as const
  for await (const event of training(table, columns, choices, { backend: cpu(), stop: () => false })) {
    if (event.kind !== 'end') continue
    expect(await measure(page, 'test')).toBeCloseTo(event.report.score, 3)
    expect(Math.abs((await measure(page, 'error')) - event.report.error!)).toBeLessThan(0.06)
  }
  expect(complaints).toEqual([])
})

test('wine: diagnose warns, its remedy is taken, and the challenge is solved', async () => {
  const { page, complaints } = await open('own-data', { language: 'en' })
  await page.locator('.block-controls .select select').first().selectOption('wine')
  await page.waitForSelector('[data-findings="feature-scales unscaled-features"]')
  await page.waitForSelector(ENDED)
  expect(await measure(page, 'test')).toBeLessThan(0.95)
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.getByRole('button', { name: 'Take z-scores' }).first().click()
  await page.waitForSelector('[data-findings="none"]')
  await page.waitForSelector('.challenge[data-solved="true"]')
  expect(await measure(page, 'test')).toBeGreaterThan(0.95)
  await page.waitForFunction(() => location.hash.includes('table=wine') && location.hash.includes('scaling=standard'))
  expect(complaints).toEqual([])
})

const OWN = [
  '__proto__;size;<b>colour</b>;kind',
  ...Array.from({ length: 80 }, (_, i) => {
    const kind = i % 2 === 0 ? 'big' : 'small'
    return `${i % 7};${i % 9 === 0 ? '' : (i % 2 === 0 ? 10 : 2) + (i % 3)};${['red', 'blue'][i % 2]};${kind}`
  }),
].join('\n')

test('a table of your own: dropped, learned, asked, taken home, and in no link', async () => {
  const { page, complaints } = await open('own-data', { language: 'en', state: 'scaling=standard&epochs=40' })
  await page.waitForSelector(ENDED)
  await page.setInputFiles('.own-file input', { name: 'things.csv', mimeType: 'text/csv', buffer: Buffer.from(OWN) })
  await page.waitForFunction(() => document.querySelectorAll('.own-column').length === 4)
  expect(await page.locator('.own-column-name').allTextContents()).toEqual([
    '__proto__',
    'size',
    '<b>colour</b>',
    'kind',
  ])
  await page.waitForSelector('.own-column[data-role="target"] .own-c1', { state: 'attached' })
  await page.waitForSelector(ENDED)
  expect(await measure(page, 'test')).toBe(1)
  // A raw row of one's own, which the model file answers.
  await page.getByLabel('size', { exact: true }).fill('11')
  await page.locator('.own-fields select').selectOption('red')
  await expect.poll(() => page.textContent('[data-measure="answer"]')).toBe('big')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download model file' }).click(),
  ])
  const model = await decodeModel(await readFile(await download.path()), { backend: cpu() })
  expect(
    await model.predict(
      Object.fromEntries([
        ['__proto__', 3],
        ['size', null],
        ['<b>colour</b>', 'blue'],
      ]),
    ),
  ).toBe('small')
  await page.waitForFunction(() => location.hash.includes('table=own'))
  expect(page.url()).not.toMatch(/size|colour|things/)
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector('.own-empty')
  expect(complaints).toEqual([])
})

test('what cannot be read says so, and the page goes on', async () => {
  const { page } = await open('own-data', { language: 'en' })
  await page.getByText('Paste text').click()
  await page.getByLabel('Text of a CSV').fill('a,b\n1,2\n3\n')
  await page.getByRole('button', { name: 'Read this table' }).click()
  await page.waitForSelector('.own-refused')
  expect(await page.textContent('.own-refused')).toContain('line 3')
  await page.waitForSelector(ENDED)
})

test('columns and rows by keyboard: another target, a column less, the next row', async () => {
  const { page, complaints } = await open('own-data', { language: 'en' })
  await page.waitForSelector(ENDED)
  await page.getByRole('radio', { name: 'predict the column petal_width_cm' }).focus()
  await page.keyboard.press('Space')
  await page.waitForSelector('svg.own-scatter')
  await page.locator('.own-column-use').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => location.hash.includes('target=3') && location.hash.includes('flip=0'))
  await page.waitForSelector(ENDED)
  const link = page.url()
  const score = await measure(page, 'test')
  await page.locator('.own-marks').focus()
  const before = await page.getAttribute('.own-marks', 'aria-activedescendant')
  await page.keyboard.press('ArrowRight')
  expect(await page.getAttribute('.own-marks', 'aria-activedescendant')).not.toBe(before)
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector(ENDED)
  expect(await measure(page, 'test')).toBe(score)
  expect(complaints).toEqual([])
})

test('training is paused, stepped by an epoch, and ended early', async () => {
  const { page } = await open('own-data', { language: 'en', state: 'epochs=500' })
  const epoch = async (): Promise<number> =>
    Number(/epoch (\d+)/.exec((await page.textContent('.own-caption')) ?? '')?.[1])
  await expect.poll(epoch).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Go on' }).waitFor()
  // An epoch that was on its way is still shown.
  await page.waitForTimeout(1000)
  const before = await epoch()
  await page.getByRole('button', { name: 'One epoch' }).click()
  await expect.poll(epoch).toBe(before + 1)
  await page.getByRole('button', { name: 'End here and test' }).click()
  await page.waitForSelector(ENDED)
  expect(await epoch()).toBeLessThan(500)
  await page.getByText('Read the program').click()
  expect(await page.textContent('.own-program')).toContain(`epochs: ${await epoch()},`)
})

test('any epoch is looked back at, and the link opens there; the last one is the tested network again', async () => {
  const state = 'table=wine&scaling=standard&rate=0.001&epochs=30'
  const { page, complaints } = await open('own-data', { language: 'en', state })
  await page.waitForSelector(ENDED)
  const caption = (of: typeof page): Promise<string | null> => of.locator('.own-caption').textContent()
  const score = await measure(page, 'validation')
  const timeline = page.getByRole('slider', { name: 'Epochs so far' })
  await timeline.fill('3')
  await expect.poll(() => caption(page)).toMatch(/^Validation rows: \d+ rows · epoch 3 \/ 30$/)
  const then = await measure(page, 'validation')
  expect(Number(then)).toBeLessThan(Number(score))
  // A training of as many epochs, from the same seed, is what it was.
  const { page: shorter } = await open('own-data', { language: 'en', state: state.replace('epochs=30', 'epochs=3') })
  await shorter.waitForSelector(ENDED)
  expect(await measure(shorter, 'validation')).toBe(then)
  await page.waitForFunction(() => location.hash.includes('back=3'))
  const { page: other } = await open('own-data', { language: 'en', state: page.url().split('?')[1]! })
  await other.waitForSelector(ENDED)
  expect(await caption(other)).toBe(await caption(page))
  expect(await measure(other, 'validation')).toBe(then)
  await timeline.fill('30')
  await expect.poll(() => caption(page)).toMatch(/^Test rows/)
  expect(complaints).toEqual([])
})

test('a pause that is pressed before there is anything to pause is heeded', async () => {
  const { page } = await open(undefined, { language: 'en' })
  // What the worker computes with comes late.
  await page.route(/tasks-.*\.js/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.continue()
  })
  await page.getByRole('link', { name: /your own table/ }).click()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect.poll(() => page.locator('.own-caption').textContent(), { timeout: 20_000 }).toMatch(/epoch 1 \/ 100/)
  await page.waitForTimeout(800)
  expect(await page.locator('.own-caption').textContent()).toMatch(/epoch 1 \/ 100/)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForSelector(ENDED)
})
