import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { launch } from '@tooling/browser/chromium'
import { build, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
let server: PreviewServer
let browser: Awaited<ReturnType<typeof launch>>
let address = ''

beforeAll(async () => {
  await build({ root, logLevel: 'error' })
  server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } })
  address = server.resolvedUrls?.local[0] ?? ''
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** A fresh page, and everything it complained about. */
async function open() {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(address)
  return { page, complaints }
}

/** Chooses a backend, trains on it and waits for its row. */
async function train(page: Awaited<ReturnType<typeof open>>['page'], backend: string): Promise<string[]> {
  await page.check(`input[value="${backend}"]`)
  await page.click('#train')
  await page.waitForFunction(() => !document.querySelector<HTMLElement>('#form')?.dataset['running'], undefined, {
    timeout: 200_000,
  })
  const row = page.locator('#runs tr').last()
  return (await row.count()) === 0 ? [] : row.locator('td').allTextContents()
}

test('one page learns the same on every backend that this browser has', async () => {
  const { page, complaints } = await open()
  const [reference = '', , loss = ''] = await train(page, 'cpu')
  expect(reference).toBe('cpu')
  expect(Number(loss)).toBeLessThan(0.1)
  const tried = ['wasm', 'tfjs:wasm', 'tfjs:webgl', 'tfjs:webgpu']
  for (const name of tried) {
    const before = await page.locator('#runs tr').count()
    const [backend, epochs, found] = await train(page, name)
    if ((await page.locator('#runs tr').count()) === before) {
      // Unavailable here: the page must say why, and go on.
      expect(await page.textContent('#status')).toContain(`${name.replace('tfjs:', "tfjs('")}') cannot run here`)
      continue
    }
    expect([backend, epochs]).toEqual([name, '60'])
    expect(Math.abs(Number(found) - Number(loss))).toBeLessThan(5e-3)
  }
  expect(complaints).toEqual([])
  await page.close()
})

test('the first available backend is taken, and the others are accounted for', async () => {
  const { page } = await open()
  const [backend] = await train(page, 'auto')
  const refused = await page.locator('#refused li').allTextContents()
  const order = ['tfjs:webgpu', 'tfjs:webgl', 'tfjs:wasm', 'wasm', 'cpu']
  expect(refused.map((text) => text.split(': ')[0])).toEqual(order.slice(0, order.indexOf(backend ?? '')))
  await page.close()
})

test('the page says that it loads, draws what it learned, and keeps the focus', async () => {
  expect(await readFile(resolve(root, 'index.html'), 'utf8')).toContain('Loading…')
  const { page } = await open()
  expect(await page.locator('input:checked').getAttribute('value')).toBe('cpu')
  await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Ready.')
  await page.focus('#train')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'cpu: done')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('train')
  expect(await page.getAttribute('#picture', 'aria-label')).toMatch(/tells (9[0-9]|100)% of them apart/)
  // The boundary: the moons' own places are coloured as their points are.
  const [upper, lower] = await page.evaluate(() => {
    const context = document.querySelector<HTMLCanvasElement>('#picture')!.getContext('2d')!
    const at = (x: number, y: number): number[] => [...context.getImageData(x, y, 1, 1).data]
    return [at(240, 110), at(400, 270)]
  })
  expect(upper[2]!).toBeGreaterThan(upper[0]!)
  expect(lower[0]!).toBeGreaterThan(lower[2]!)
  await page.close()
})

test('stopping ends the training after the step it is in', async () => {
  const { page } = await open()
  await page.check('input[value="tfjs:webgl"]')
  await page.click('#train')
  await page.waitForFunction(() => /epoch [1-9]/.test(document.querySelector('#status')?.textContent ?? ''))
  await page.click('#stop')
  await page.waitForFunction(() => /stopped|done/.test(document.querySelector('#status')?.textContent ?? ''))
  expect(await page.textContent('#status')).toBe('tfjs:webgl: stopped')
  await page.close()
})

test('no colour scheme and no width hides anything: nothing is wider than the screen', async () => {
  const { page } = await open()
  await train(page, 'cpu')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 390, 1280]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
  }
  await page.close()
})
