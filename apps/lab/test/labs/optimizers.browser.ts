import { readFile } from 'node:fs/promises'
import { cpu } from '@neurite/backend-cpu'
import { add, grad, mul, slice, square, sum, tensor, type Tensor } from '@neurite/core'
import { applyUpdates, gradientDescent } from '@neurite/optimizers'
import { expect, test } from 'vitest'
import { surfaces } from '../../src/labs/optimizers/surfaces.js'
import { looksRightEverywhere } from '../support/every-look.js'
import { open } from '../support/open.js'

const READY = '[data-ready="true"]'

looksRightEverywhere('optimizers', READY)

test('steps and distance on screen are those of the package', async () => {
  const { page, complaints } = await open('optimizers', { language: 'en', state: 'off=momentum,rmsprop,adam' })
  await page.waitForSelector(READY)
  const at = (w: Tensor, k: number): Tensor => slice(w, { begin: [k], size: [1] })
  const loss = (w: Tensor): Tensor => sum(mul(add(square(at(w, 0)), mul(square(at(w, 1)), 60)), 0.5))
  const { start, steps, goal, rates } = surfaces.ravine
  const optimizer = gradientDescent({ learningRate: rates.gd })
  let w = tensor([...start], { backend: cpu() })
  let state = optimizer.init(w)
  const losses: number[] = []
  for (let k = 0; k < steps; k++) {
    losses.push(Number(await loss(w).item()))
    const [updates, next] = optimizer.update(grad(loss)(w), state, w)
    ;[w, state] = [applyUpdates(w, updates), next]
  }
  const [x, y] = (await w.toArray()) as [number, number]
  const reached = losses.findLastIndex((value) => value >= goal) + 1
  expect(await page.textContent('[data-measure="winner"]')).toBe('GD')
  expect(await page.textContent('[data-measure="steps"]')).toBe(String(reached))
  const shown = Number(await page.textContent('[data-measure="distance"]'))
  expect(Math.abs(shown - Math.hypot(x, y))).toBeLessThan(0.0005)
  // The race ends by itself, and the list then says the same.
  await page.waitForSelector('.player[data-ended="true"]')
  expect(await page.textContent('[data-reached="gd"]')).toBe(`${reached} steps`)
  expect(complaints).toEqual([])
})

test('the challenge is solved by keys: momentum with a larger rate', async () => {
  const { page } = await open('optimizers', { language: 'en', state: 'where=rosenbrock' })
  await page.waitForSelector(READY)
  expect(await page.getAttribute('.challenge', 'data-solved')).toBe('false')
  await page.getByRole('slider', { name: 'learning rate of Momentum' }).last().focus()
  for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight')
  await page.waitForSelector('.challenge[data-solved="true"]')
  await page.waitForFunction(() => location.hash.includes('rates='))
})

test('the start is dragged on the stage and moved by keys, and the link keeps it', async () => {
  const { page, complaints } = await open('optimizers', { language: 'en', state: 'where=beale&chosen=adam' })
  await page.waitForSelector(READY)
  const start = page.getByRole('slider', { name: 'start', exact: true })
  const box = (await start.boundingBox())!
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2]
  const before = Number(await start.getAttribute('aria-valuenow'))
  await page.mouse.move(cx, cy)
  await page.mouse.down()
  await page.mouse.move(cx + 60, cy + 20, { steps: 5 })
  await page.mouse.up()
  await page.waitForSelector(READY)
  const dragged = Number(await start.getAttribute('aria-valuenow'))
  expect(dragged).toBeGreaterThan(before)
  await start.focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => Number(await start.getAttribute('aria-valuenow'))).toBeCloseTo(dragged - 0.05, 6)
  await page.waitForFunction(() => location.hash.includes('start='))
  await page.waitForTimeout(500)
  await page.waitForSelector(READY)
  const distance = await page.textContent('[data-measure="distance"]')
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await page.waitForSelector(READY)
  expect(await page.textContent('[data-measure="distance"]')).toBe(distance)
  expect(complaints).toEqual([])
})

test('the network is trained by all seven, and with reduced motion the end is shown at once', async () => {
  const { page, complaints } = await open('optimizers', {
    language: 'en',
    state: 'where=network',
    reducedMotion: true,
  })
  await page.waitForSelector(READY)
  expect(await page.locator('.network-picture canvas').count()).toBe(7)
  expect(await page.getAttribute('.player', 'data-playing')).toBe('false')
  expect(await page.getAttribute('.player', 'data-ended')).toBe('true')
  // The picture has all of it: the chart, and each racer's plane with its points and name.
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download picture (SVG)' }).click(),
  ])
  const picture = await readFile(await download.path(), 'utf8')
  const drawn = await page.evaluate((text) => {
    const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement
    const of = (selector: string): Element[] => [...svg.querySelectorAll(selector)]
    return {
      planes: of('image').filter((image) => image.getAttribute('href')!.startsWith('data:image/png')).length,
      names: of('svg > text').filter(({ parentElement }) => parentElement === svg).length,
      points: of('svg > circle, svg > rect[width="3.6"]').length,
      inside: of(':scope > image').every(
        (image) =>
          Number(image.getAttribute('x')) >= 0 &&
          Number(image.getAttribute('y')) + Number(image.getAttribute('height')) <=
            Number(svg.getAttribute('height')) + 1,
      ),
    }
  }, picture)
  expect(drawn).toEqual({ planes: 7, names: 7, points: 7 * 60, inside: true })
  expect(complaints).toEqual([])
})
