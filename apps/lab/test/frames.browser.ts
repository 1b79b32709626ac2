import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { open } from './support/open.js'

/** Labs in which something trains or races by itself when they are opened. */
const TRAINING = [
  'graph?scene=flatten',
  'activations?scene=deep',
  'scaling',
  'optimizers',
  'batches',
  'hyperparameters',
  'playground',
  'digits',
  'own-data',
]

const SECONDS = 4
const found: string[] = []

afterAll(async () => {
  const folder = resolve(import.meta.dirname, '../.reports')
  await mkdir(folder, { recursive: true })
  await writeFile(
    resolve(folder, 'frames.md'),
    ['| lab | frames a second | longest task in ms |', '| --- | ---: | ---: |', ...found].join('\n'),
  )
})

test.each(TRAINING)('%s keeps the page free while it trains: no task of the page takes 50 ms', async (address) => {
  const [lab = '', state] = address.split('?')
  const { page } = await open(lab, state === undefined ? {} : { state })
  // Until scripts, fonts and the first pictures are there.
  await page.waitForTimeout(4000)
  const { frames, tasks } = await traced(page, () =>
    page.evaluate(async (seconds) => {
      let frames = 0
      const end = performance.now() + 1000 * seconds
      await new Promise<void>((done) => {
        const count = (now: number): void => {
          frames++
          if (now < end) requestAnimationFrame(count)
          else done()
        }
        requestAnimationFrame(count)
      })
      return frames
    }, SECONDS),
  )
  const longest = tasks.reduce((most, task) => Math.max(most, task), 0)
  found.push(`| ${lab} | ${Math.round(frames / SECONDS)} | ${longest.toFixed(1)} |`)
  expect(tasks.length).toBeGreaterThan(100)
  expect(longest).toBeLessThan(50)
})

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** microseconds that the thread computed. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * What ran in the page's own thread meanwhile, in ms. Its processor's time, not the clock's: what else the machine does is not the page's
 * doing.
 */
async function traced(
  page: Page,
  work: () => Promise<number>,
): Promise<{ readonly frames: number; readonly tasks: readonly number[] }> {
  const browser = page.context().browser()!
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
  const frames = await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[]
  }
  const threads = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`)
  const tasks = traceEvents.filter(
    ({ ph, name, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && threads.includes(`${pid} ${tid}`),
  )
  return { frames, tasks: tasks.map(({ tdur = 0 }) => tdur / 1000) }
}
