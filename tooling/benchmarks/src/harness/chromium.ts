import { launch } from '@tooling/browser/chromium'
import { encodeProblem } from '../workloads/problem-file.js'
import { NotOffered, type Library } from './library.js'
import type { PageBench } from './page.js'
import { serve } from './serve.js'

// The process of a subject that lives in a page of Chromium: hands on what it is asked. A call of the page takes a
// fraction of a millisecond, once a round, for every such subject alike.

declare const bench: PageBench

/** An address that this process answers itself: WebGPU wants a secure page. */
const ORIGIN = 'https://benchmark.invalid'

async function inChromium(script: string): Promise<Library> {
  const browser = await launch().catch((error: Error) => {
    throw new NotOffered(error.message)
  })
  const page = await browser.newPage()
  let problem = new Uint8Array()
  await page.route(`${ORIGIN}/**`, (route) =>
    new URL(route.request().url()).pathname === '/problem'
      ? route.fulfill({ body: Buffer.from(problem) })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Benchmark</title>' }),
  )
  await page.goto(ORIGIN)
  await page.addScriptTag({ path: script, type: 'module' })
  await page.waitForFunction(() => 'bench' in globalThis)
  return {
    version: `${await page.evaluate(() => bench.version())}, Chromium ${browser.version()}`,
    async open(workload, given) {
      problem = encodeProblem(given)
      const absence = await page.evaluate((w) => bench.open(w, '/problem'), workload)
      if (absence !== undefined) throw new NotOffered(absence)
      return {
        run: (count) => page.evaluate((n) => bench.run(n), count),
        values: () => page.evaluate(() => bench.values()),
        close: () => page.evaluate(() => bench.close()),
      }
    },
  }
}

await serve(() => inChromium(process.argv[2]!))
// Chromium ends with this process.
process.exit()
