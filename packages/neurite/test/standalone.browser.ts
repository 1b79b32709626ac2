import { toWasm, wasm } from '@neurite/backend-wasm'
import { compile, setDefaultBackend, tensor } from '@neurite/core'
import { toJavaScript } from '@neurite/io/javascript'
import { conv2d, dense, flatten, forwardOf, maxPool2d, sequential } from '@neurite/nn'
import { launch } from '@tooling/browser/chromium'
import { afterAll, beforeAll, expect, test } from 'vitest'

setDefaultBackend(await wasm())

/** Nothing but scripts and files of the page's own address, and WebAssembly: no code is made of text. */
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
const WORKER = `import { load } from '/loader.js'
const predict = load(await (await fetch('/model.wasm')).arrayBuffer())
onmessage = async ({ data }) => postMessage((await predict)(data))
postMessage('ready')`
const PAGE = `import { load } from '/loader.js'
import { predict } from '/model.js'
globalThis.files = (async () => ({ alone: await load(await (await fetch('/model.wasm')).arrayBuffer()), within: predict }))()`
const REFUSED = `import { load } from '/loader.js'
globalThis.told = (async () => load(await (await fetch('/model.wasm')).arrayBuffer()))().then(String, String)`

let browser: Awaited<ReturnType<typeof launch>>
beforeAll(async () => void (browser = await launch()))
afterAll(() => browser.close())

type Predict = (input: ArrayLike<number>) => ArrayLike<number>
type Files = typeof globalThis & {
  readonly files: Promise<{ readonly alone: Predict; readonly within: Predict }>
  readonly told: Promise<string>
}

const model = sequential([
  conv2d(4, { kernelSize: 3, padding: 'same', activation: 'tanh' }),
  maxPool2d(),
  flatten(),
  dense(3, { activation: 'softmax' }),
])
const { params, state } = model.init({ inputShape: [8, 8, 1], seed: 2 })
const row = Array.from({ length: 64 }, (_, i) => Math.sin(i))
const x = tensor(row, { shape: [1, 8, 8, 1] })

/** A page with these scripts, of which it runs /page.js, and the module. */
async function open(policy: string, bytes: Uint8Array, scripts: Readonly<Record<string, string>>) {
  const context = await browser.newContext()
  await context.route('https://model.invalid/**', (route) => {
    const { pathname } = new URL(route.request().url())
    const [contentType, body] = Object.hasOwn(scripts, pathname)
      ? ['text/javascript', scripts[pathname]!]
      : pathname === '/model.wasm'
        ? ['application/wasm', Buffer.from(bytes)]
        : ['text/html', '<!doctype html><script type="module" src="/page.js"></script>']
    return route.fulfill({ contentType, body, headers: { 'content-security-policy': policy } })
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto('https://model.invalid/')
  return { page, problems, close: () => context.close() }
}

test('a page with a strict policy and its worker have the bits that are found here', async () => {
  const { bytes, loader } = await toWasm(forwardOf(model), params, state, x)
  const expected = [...(await compile(forwardOf(model))(params, state, x).data())]
  const { code } = await toJavaScript(model, params, { examples: x, wasm: bytes })
  const scripts = { '/loader.js': loader, '/model.js': code, '/page.js': PAGE, '/worker.js': WORKER }
  const { page, problems, close } = await open(STRICT, bytes, scripts)
  await page.waitForFunction(() => 'files' in globalThis)
  const found = await page.evaluate(async (numbers) => {
    const { alone, within } = await (globalThis as Files).files
    const worker = new Worker('/worker.js', { type: 'module' })
    const message = async (): Promise<unknown> => new Promise((done) => (worker.onmessage = ({ data }) => done(data)))
    await message()
    worker.postMessage(numbers)
    return [alone(numbers), within(Float32Array.from(numbers)), await message()].map((each) =>
      Array.from(each as ArrayLike<number>),
    )
  }, row)
  expect(found).toEqual([expected, expected, expected])
  expect(problems).toEqual([])
  await close()
})

test('a page whose policy forbids WebAssembly is told so', async () => {
  const { bytes, loader } = await toWasm(forwardOf(model), params, state, x)
  const scripts = { '/loader.js': loader, '/page.js': REFUSED }
  const { page, close } = await open(STRICT.replace(" 'wasm-unsafe-eval'", ''), bytes, scripts)
  await page.waitForFunction(() => 'told' in globalThis)
  const told = await page.evaluate(() => (globalThis as Files).told)
  expect(told).toMatch(/CompileError.*Content Security Policy/)
  await close()
})
