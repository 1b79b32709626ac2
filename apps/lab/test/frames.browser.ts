import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { open } from './support/open.js'

/** Labs in which something trains or races by itself when they are opened. */
const TRAINING = [
  'activations?view=deep',
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
    ['| lab | frames a second | long tasks |', '| --- | ---: | ---: |', ...found].join('\n'),
  )
})

test.each(TRAINING)(
  '%s keeps the page free while it trains: hardly a task of the page takes 50 ms',
  async (address) => {
    const [lab = '', state] = address.split('?')
    const { page } = await open(lab, state === undefined ? {} : { state })
    // Until scripts, fonts and the first pictures are there.
    await page.waitForTimeout(4000)
    const { frames, long } = await page.evaluate(async (seconds) => {
      const long: number[] = []
      new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: 'longtask',
      })
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
      return { frames, long }
    }, SECONDS)
    found.push(`| ${lab} | ${Math.round(frames / SECONDS)} | ${long.length} |`)
    // On a quiet machine there are none, or two where a report appears. Training in the page's own thread would make dozens.
    expect(long.length).toBeLessThanOrEqual(12)
  },
)
