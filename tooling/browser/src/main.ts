import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { buildPage } from './build.js'
import { launch } from './chromium.js'
import { BACKENDS, type BackendName, type Order, type Outcome, type PageWindow } from './protocol.js'
import { writeReport, type BackendReport } from './report.js'
import { ISOLATED, serve } from './server.js'

// The conformance suite in a real browser: one fresh page for each backend.

declare const window: PageWindow

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: BACKENDS.join(',') },
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '20' },
  },
})

const backends = values.backends.split(',').map((name) => {
  const known = BACKENDS.find((backend) => backend === name)
  if (known === undefined) throw new Error(`--backends: unknown '${name}', known are ${BACKENDS.join(', ')}`)
  return known
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function runIn(browser: Browser, url: string, backend: BackendName): Promise<BackendReport> {
  const order: Order = { backend, seed: Number(values.seed), runs: Number(values.runs), only: values.only }
  const outcomes: Outcome[] = []
  const said = new Set<string>()
  const page = await browser.newPage()
  page.on('console', (message) => {
    const text = message.text().split('\n')[0] ?? ''
    if (['warning', 'error'].includes(message.type()) && !said.has(text)) say(`  console ${message.type()}: ${text}`)
    said.add(text)
  })
  page.on('pageerror', (error) => say(`  page error: ${error.message}`))
  try {
    await page.exposeFunction('reportOutcome', (outcome: Outcome) => void outcomes.push(outcome))
    await page.goto(backend === 'wasm:2' ? url + ISOLATED : url)
    await page.waitForFunction(() => 'startSuite' in window)
    const start = await page.evaluate((given) => window.startSuite(given), order)
    if (!start.available) {
      say(`${backend}: skipped, it cannot run in this browser. ${start.reason}`)
      return { backend, outcomes, skipped: start.reason }
    }
    const missing = start.missing.length === 0 ? 'nothing missing' : `missing ${start.missing.join(', ')}`
    say(`${backend}: ${start.tests} tests; ${start.capabilities}; ${missing}`)
    const began = performance.now()
    const broken = await finishOf(
      page.evaluate(() => window.runSuite()),
      start.tests,
      outcomes,
    )
    const failures = outcomes.filter(({ error }) => error !== undefined)
    for (const { path, name, error = '' } of failures) {
      say(`  failed: ${[...path.slice(1), name].join(' > ')}\n    ${error.split('\n')[0]}`)
    }
    if (broken !== undefined) say(`  ended early after ${outcomes.length} tests: ${broken}`)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    say(`${backend}: ${outcomes.length - failures.length} passed, ${failures.length} failed in ${seconds} s`)
    return { backend, outcomes, ...(broken === undefined ? {} : { broken }) }
  } finally {
    await page.close()
  }
}

/** Waits for the page; undefined once it has run everything. */
async function finishOf(
  suite: Promise<void>,
  tests: number,
  outcomes: readonly Outcome[],
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<string>((done) => {
    timer = setTimeout(() => done(`the limit of ${values.minutes} minutes`), Number(values.minutes) * 60_000)
  })
  const ended = suite.then(
    () => (outcomes.length === tests ? undefined : `${outcomes.length} of ${tests} tests were reported`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const reason = await Promise.race([ended, limit])
  clearTimeout(timer)
  return reason
}

const folder = await buildPage()
const server = await serve(folder)
const browser = await launch()
const reports: BackendReport[] = []
try {
  say(`Chromium ${browser.version()}, ${values.runs} runs a property, seed ${values.seed}`)
  for (const backend of backends) reports.push(await runIn(browser, server.url, backend))
} finally {
  await browser.close()
  server.close()
}
writeReport(resolve(import.meta.dirname, '../.reports/browser.json'), reports)
const total = reports.flatMap((report) => report.outcomes)
const failed =
  total.filter(({ error }) => error !== undefined).length +
  reports.filter((report) => report.broken !== undefined).length
say(`${total.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
