import { readFile } from 'node:fs/promises'
import { childSeed } from '@neurite/core'
import { expect, test } from 'vitest'
import { AXES, AXIS_NAMES, START, type Axis, type Point } from '../../src/labs/hyperparameters/axes.js'
import { objective } from '../../src/labs/hyperparameters/objective.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const SETTLED = '[data-searching="false"]'

looksRightEverywhere('hyperparameters', '[data-best="true"]')

/** The point of a cell, where all that is not searched is as at the beginning. */
function pointOf(across: Axis, down: Axis, column: number, row: number): Point {
  const places: Readonly<Record<Axis, number>> = { ...START, [across]: column, [down]: row }
  const entries = AXIS_NAMES.map((axis) => [axis, AXES[axis][places[axis]]] as const)
  return Object.fromEntries(entries) as Point
}

test('a cell holds what the objective gives for its point, whatever the workers', async () => {
  const { page, complaints } = await open('hyperparameters', { language: 'en', state: 'epochs=10&workers=3' })
  await page.waitForSelector(SETTLED)
  const [column, row] = [4, 3]
  const expected = await objective(
    { ...pointOf('learningRate', 'optimizer', column, row), data: 'moons', epochs: 10, dataSeed: 0 },
    { seed: childSeed(0, 'trial', 6 * row + column) },
  )
  const cell = page.locator('[role="gridcell"]').nth(6 * row + column)
  expect(await cell.locator('.visually-hidden').textContent()).toBe(
    `learning rate 0.1, optimizer rmsprop: ${(100 * expected).toFixed(1)}%`,
  )
  expect(complaints).toEqual([])
})

test('a step from one good cell to the next solves the challenge', async () => {
  const { page } = await open('hyperparameters', {
    state: 'data=spirals&x=activation&y=initializer&epochs=40&optimizer=4&learningRate=4&units=4&depth=2',
  })
  await page.waitForSelector('.challenge[data-solved="true"]')
})

test('the picture that is taken home has every cell in its colour, and its number', async () => {
  const { page } = await open('hyperparameters', { language: 'en', state: 'epochs=5' })
  await page.waitForSelector(SETTLED)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download picture (SVG)' }).click(),
  ])
  const svg = await readFile(await download.path(), 'utf8')
  const cells = await page.locator('.search-value').allTextContents()
  const words = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text)
  expect(words).toEqual(expect.arrayContaining([...cells.filter((text) => text !== ''), 'momentum', '0.003']))
  const colours = [...svg.matchAll(/<rect[^>]* fill="([^"]+)"/g)].map(([, fill]) => fill)
  expect(colours.length).toBeGreaterThan(cells.length)
  expect(new Set(colours).size).toBeGreaterThan(8)
})

test('the best run opens in the playground', async () => {
  const { page, complaints } = await open('hyperparameters', { language: 'en', state: 'epochs=5&x=units&y=depth' })
  await page.waitForSelector(SETTLED)
  await page
    .locator('[role="gridcell"]')
    .nth(6 * 3 + 2)
    .click()
  await page.click('.block-controls a[href*="playground"]')
  await page.waitForFunction(() => location.hash.includes('net=4-tanh_4-tanh_4-tanh'))
  await page.waitForSelector('.player[data-iteration]:not([data-iteration="0"])')
  expect(complaints).toEqual([])
})

test('the cells are walked by the arrow keys, and one is taken as the base of the next search', async () => {
  const { page, complaints } = await open('hyperparameters', { state: 'epochs=5' })
  await page.waitForSelector(SETTLED)
  await page.locator('[role="gridcell"]').first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-selected') === 'true')
  await page.locator('.block-controls button', { hasText: '기준' }).click()
  await page.waitForFunction(() => location.hash.includes('learningRate=1'))
  expect(complaints).toEqual([])
})
