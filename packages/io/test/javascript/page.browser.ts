import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { columnTransformer, oneHotEncoder, standardScaler, Table } from '@neurite/data'
import { dense, sequential } from '@neurite/nn'
import { launch } from '@tooling/browser/chromium'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJavaScript } from '../../src/javascript/index.js'
import { imported } from './support.js'

setDefaultBackend(cpu())

const HOSTILE = '</script><script>document.title = "hacked"</script>'
/** Nothing but scripts of the page's own address, none of which may make code of text. */
const POLICY = "default-src 'none'; script-src 'self' 'nonce-inline'; worker-src 'self'"
const WORKER = `import { predict } from '/model.js'
onmessage = ({ data }) => postMessage(predict(data))`

let browser: Awaited<ReturnType<typeof launch>>
beforeAll(async () => void (browser = await launch()))
afterAll(() => browser.close())

async function hostileModel(): Promise<string> {
  const examples = Table.fromRows([
    { age: 20, [HOSTILE]: 'a' },
    { age: 60, [HOSTILE]: HOSTILE },
  ])
  const preprocessing = columnTransformer([
    { columns: 'age', use: standardScaler() },
    { columns: HOSTILE, use: oneHotEncoder() },
  ]).fit(examples)
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(2)])
  const { params } = model.init({ inputShape: [3] })
  const { code } = await toJavaScript(model, params, { preprocessing, labels: ['plain', HOSTILE], examples })
  return code
}

test('a page with a strict policy predicts, in a script, within its own text and in a worker', async () => {
  const code = await hostileModel()
  const rows = [20, 60].map((age) => ({ age, [HOSTILE]: age > 30 ? HOSTILE : 'a' }))
  const expected = (await imported(code)).predictProbabilities!(rows)

  const context = await browser.newContext()
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': [
      'text/html',
      `<!doctype html><title>quiet</title><script type="module" src="/page.js"></script>
       <script type="module" nonce="inline">${code}\nglobalThis.inline = predictProbabilities</script>`,
    ],
    '/model.js': ['text/javascript', code],
    '/page.js': ['text/javascript', `import * as model from '/model.js'\nglobalThis.model = model`],
    '/worker.js': ['text/javascript', WORKER.replace(/predict\b/g, 'predictProbabilities')],
  }
  await context.route('https://model.invalid/**', (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', '']
    return route.fulfill({ contentType, body, headers: { 'content-security-policy': POLICY } })
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto('https://model.invalid/')
  await page.waitForFunction(() => 'model' in globalThis && 'inline' in globalThis)
  const found = await page.evaluate(async (rows) => {
    type Predict = (rows: unknown) => unknown
    const { model, inline } = globalThis as typeof globalThis & {
      model: { predictProbabilities: Predict }
      inline: Predict
    }
    const worker = new Worker('/worker.js', { type: 'module' })
    const answer = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)))
    worker.postMessage(rows)
    return [model.predictProbabilities(rows), inline(rows), await answer]
  }, rows)
  expect(found).toEqual([expected, expected, expected])
  expect(await page.title()).toBe('quiet')
  expect(problems).toEqual([])
  await context.close()
})
