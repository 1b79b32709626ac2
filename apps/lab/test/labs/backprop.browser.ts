import { latexSteps, type BackpropTrace } from '@neurite/explain'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { backprop } from '../../src/labs/backprop/compute.js'
import { valuesOf } from '../../src/labs/backprop/networks.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { expectAccessible, open } from '../support/open.js'

looksRightEverywhere('backprop', '.bp-node[data-known="true"]')

// What traceBackprop says of the chapter's example.
let trace: BackpropTrace
beforeAll(async () => {
  const values = valuesOf('2-3-2', { x: [], t: [], w: [], b: [] })
  trace = (await backprop({ net: '2-3-2', phi: 'sigmoid', loss: 'sse', ...values })).trace
})
const valueOf = (name: string): number => Number(trace.nodes.find((node) => node.name === name)!.value)
const gradient = (name: string): number => Number(trace.nodes.find((node) => node.name === name)!.gradient)

const stepOf = async (page: Page): Promise<number> => Number(await page.getAttribute('.bp-step', 'data-step'))
const result = async (page: Page): Promise<number> => Number(await page.getAttribute('.bp-numbers', 'data-result'))
/** The formulas of the present step as LaTeX, without what lights them. */
const formulas = async (page: Page): Promise<string> =>
  (await page.locator('.bp-formulas annotation').allTextContents())
    .join(' ')
    .replace(/\\htmlClass\{[^}]*\}/g, '')
    .replace(/[{} ]/g, '')

test('plays by itself: forward, then back', async () => {
  const { page, complaints } = await open('backprop')
  await page.waitForSelector('.bp-node[data-known="true"]', { timeout: 3000 })
  await page.waitForSelector('.bp-step.backward')
  expect(await page.locator('.bp-node[data-known="true"]').count()).toBe(11)
  expect(complaints).toEqual([])
})

test('with reduced motion the forward pass is there, and play is a step', async () => {
  const { page } = await open('backprop', { reducedMotion: true })
  await page.waitForSelector('.bp-node[data-known="true"]')
  expect(await stepOf(page)).toBe(11)
  await page.keyboard.press('k')
  expect(await stepOf(page)).toBe(12)
  expect(await page.getAttribute('.bp-transport [data-playing]', 'data-playing')).toBe('false')
})

test('keys go step by step, and each step says the numbers of the trace', async () => {
  const { page, complaints } = await open('backprop', { language: 'en', state: 'at=11' })
  await page.waitForSelector('.bp-node[data-known="true"]')
  const written = latexSteps(trace, { digits: 4, withNumbers: true })
  const slider = page.getByRole('slider', { name: 'Steps' })
  await slider.focus()
  for (const [name, keys] of [
    ['z_{1}', 3],
    ['w_{z1_2}', 3],
    ['w_{z2_2}', 3],
    ['\\varphi(y_{2})', 3],
    ['y_{2}', 3],
    ['w_{y2_2}', 5],
  ] as const) {
    for (let i = 0; i < keys; i++) await page.keyboard.press('ArrowRight')
    expect([name, await result(page)]).toEqual([name, gradient(name)])
    const wanted = written.find((step) => step.pass === 'backward' && step.name === name)!.latex
    expect(await formulas(page)).toBe(wanted.replace(/[{} ]/g, ''))
  }
  await page.keyboard.press('ArrowLeft')
  expect(await result(page)).toBe(gradient('w_{y2_1}'))
  await page.locator('h1').click()
  await page.keyboard.press('.')
  expect(await result(page)).toBe(gradient('w_{y2_2}'))
  expect(complaints).toEqual([])
})

test('the quiz is solved with the gradients of the trace', async () => {
  const { page, complaints } = await open('backprop', { language: 'en', state: 'at=5' })
  await page.waitForSelector('.bp-node[data-known="true"]')
  await page.getByLabel('Quiz: find').check()
  const answer = page.getByLabel('value of the gradient')
  const give = async (value: number): Promise<void> => {
    await answer.fill(value.toPrecision(3))
    await page.keyboard.press('Enter')
  }
  await give(gradient('\\varphi(z_{1})'))
  await page.waitForSelector('[data-verdict="right"]')
  await give(-gradient('\\varphi(z_{2})'))
  await page.waitForSelector('[data-verdict="wrong"]')
  expect(await page.textContent('.bp-streak')).toContain('0 of 3')
  await give(gradient('\\varphi(z_{2})'))
  await page.getByRole('button', { name: 'Hint' }).click()
  expect(await page.textContent('.bp-hint .bp-multiplied')).toMatch(/upstream.*−0\.6617.*local.*0\.2452/)
  await give(gradient('z_{1}'))
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await give(gradient('z_{2}'))
  await page.waitForSelector('.challenge[data-solved="true"]')
  expect(complaints).toEqual([])
})

test('a weight is dragged and typed on the stage; all follows, and the link holds it', async () => {
  const { page, complaints } = await open('backprop', { language: 'en', state: 'at=33' })
  await page.waitForSelector('.bp-node[data-known="true"]')
  const weight = page.getByRole('slider', { name: 'weight w_z1_2' })
  const box = (await weight.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + 12)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + 50, box.y + 12, { steps: 5 })
  await page.mouse.up()
  expect(Number(await weight.getAttribute('aria-valuenow'))).toBeCloseTo(0, 9)
  await weight.focus()
  await page.keyboard.type('-0.5')
  await page.keyboard.press('Enter')
  expect(await weight.getAttribute('aria-valuenow')).toBe('-0.5')
  await page.keyboard.press('ArrowUp')
  await page.waitForFunction(() => location.hash.includes('-0.45'))
  const z = (valueOf('z_{1}') + 0.05 * valueOf('\\varphi(y_{2})')).toFixed(4)
  await expect.poll(() => page.textContent('.bp-node[data-node="z_1"] .bp-number')).toBe(z)
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await expect.poll(() => page.textContent('.bp-node[data-node="z_1"] .bp-number')).toBe(z)
  expect(await stepOf(page)).toBe(33)
  expect(complaints).toEqual([])
})

test('Enter on a weight leaves the way to it', async () => {
  const { page } = await open('backprop', { language: 'en', state: 'at=33', reducedMotion: true })
  await page.waitForSelector('.bp-node[data-known="true"]')
  await page.getByRole('slider', { name: 'weight w_y2_2' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => location.hash.includes('path=4'))
  for (let i = 0; i < 6; i++) await page.getByRole('button', { name: 'Next' }).click()
  expect(await page.textContent('.bp-what')).toContain('7/7')
  expect(await result(page)).toBe(gradient('w_{y2_2}'))
  expect(await page.locator('.bp-on-path').count()).toBe(8)
})

test('the gradient agrees with differences, and a step goes where it says', async () => {
  const { page } = await open('backprop', { language: 'en', state: 'at=33&delta=0.5' })
  const measure = (of: string): Promise<string | null> => page.textContent(`[data-measure="${of}"]`)
  await page.waitForSelector('[data-measure]')
  expect(await measure('before')).toBe(Number(trace.nodes[trace.output]!.value).toFixed(4))
  expect(await measure('error')).toMatch(/×10⁻(¹[⁰¹²³⁴⁵⁶]|[⁸⁹])$/)
  const after = await measure('after')
  await page.getByRole('button', { name: 'Take this step' }).click()
  await expect.poll(() => measure('before')).toBe(after)
})

test('biases: shown at their neurons, derived, asked for in the quiz, and kept in the link', async () => {
  const { page, complaints } = await open('backprop', { language: 'en', state: 'at=11', reducedMotion: true })
  await page.waitForSelector('.bp-node[data-known="true"]')
  expect(await page.getByRole('slider', { name: 'bias' }).count()).toBe(0)
  await page.getByLabel('Neurons with biases b').check()
  await expect.poll(() => page.getByRole('slider', { name: 'bias' }).count()).toBe(5)
  const bias = page.getByRole('slider', { name: 'bias b_z2' })
  await bias.focus()
  await page.keyboard.type('0.7')
  await page.keyboard.press('Enter')
  expect(await bias.getAttribute('aria-valuenow')).toBe('0.7')
  const values = valuesOf('2-3-2', { x: [], t: [], w: [], b: [] }, true)
  const b = values.b.map((value, i) => (i === 4 ? 0.7 : value))
  const { trace: biased } = await backprop({ net: '2-3-2', phi: 'sigmoid', loss: 'sse', ...values, b })
  const of = (name: string) => biased.nodes.find((node) => node.name === name)!
  await expect
    .poll(() => page.textContent('[data-measure="before"]'))
    .toBe(Number(biased.nodes[biased.output]!.value).toFixed(4))
  // Its path: three gradients, the last of which is that of its sum.
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => location.hash.includes('path=17') && location.hash.includes('bias=1'))
  await page.getByLabel('Quiz: find').check()
  const answer = page.getByLabel('value of the gradient')
  for (const name of ['\\varphi(z_{2})', 'z_{2}', 'b_{z2}']) {
    await answer.fill(Number(of(name).gradient).toPrecision(4))
    await page.keyboard.press('Enter')
  }
  await page.waitForSelector('.challenge[data-solved="true"]')
  expect(of('b_{z2}').gradient).toBe(of('z_{2}').gradient)
  await expectAccessible(page)
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await expect.poll(() => bias.getAttribute('aria-valuenow')).toBe('0.7')
  expect(complaints).toEqual([])
})
