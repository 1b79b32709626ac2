import { NeuriteError } from '@neurite/core'
import { registerBackend } from '@tensorflow/tfjs-core'
import { afterEach, expect, test, vi } from 'vitest'
import { whyAbsent, whyFailed } from '../src/causes.js'
import { tfjs } from '../src/index.js'
import { wasm } from '../src/wasm.js'

// What an engine that cannot run says: what was tried, the likely cause, the way out.

afterEach(() => vi.unstubAllGlobals())

const failure = (work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => {
      expect(NeuriteError.isInstance(error), String(error)).toBe(true)
      return error as NeuriteError
    },
  )

test('wasm names the binary that is missing, again at a second try, and other paths need a new page', async () => {
  for (const attempt of [tfjs('wasm', { wasmPaths: '/nowhere/' }), wasm({ wasmPaths: '/nowhere/' })]) {
    const { code, message } = await failure(attempt)
    expect(code).toBe('BACKEND_UNAVAILABLE')
    expect(message).toMatch(/\/nowhere\/tfjs-backend-wasm(-simd)?\.wasm could not be read: copy .* wasmPaths/)
    expect(message).not.toMatch(/object Object/)
  }
  const { code, message } = await failure(wasm({ wasmPaths: '/elsewhere/' }))
  expect(code).toBe('BACKEND_UNAVAILABLE')
  expect(message).toMatch(/takes no other wasmPaths until the page is loaded anew/)
})

test('paths are a folder, or each of the three files', async () => {
  const { code, message } = await failure(wasm({ wasmPaths: { 'tfjs-backend-wasm.wasm': '/a.wasm' } as never }))
  expect(code).toBe('INVALID_ARGUMENT')
  expect(message).toMatch(/tfjs-backend-wasm-threaded-simd\.wasm/)
})

test('a page is told of the answer to its request', async () => {
  const answer = (status: number, type: string) => async (url: string) => ({
    ok: status === 200,
    status,
    url: `https://page.invalid${url}`,
    headers: { get: () => type },
  })
  vi.stubGlobal('location', {})
  vi.stubGlobal('fetch', answer(404, 'text/plain'))
  expect(await whyFailed('wasm', 'x')).toMatch(
    /https:\/\/page\.invalid\/nowhere\/tfjs.*\.wasm was answered with status 404: copy/,
  )
  vi.stubGlobal('fetch', answer(200, 'text/html; charset=utf-8'))
  expect(await whyFailed('wasm', 'x')).toMatch(/with a page of HTML/)
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  expect(await whyFailed('wasm', 'x')).toMatch(/could not be fetched \(Failed to fetch; .*connect-src/)
  vi.stubGlobal('fetch', answer(200, 'application/wasm'))
  expect(await whyFailed('wasm', { message: 'no memory' })).toBe('its binary did not start: no memory')
})

test('a policy that forbids WebAssembly is named', async () => {
  const Module = class {
    constructor() {
      throw new Error('unsafe-eval is not an allowed source')
    }
  }
  vi.stubGlobal('WebAssembly', { Module })
  expect(await whyFailed('wasm', 'x')).toMatch(
    /unsafe-eval is not an allowed source\).*'wasm-unsafe-eval' in its script-src/,
  )
  vi.stubGlobal('WebAssembly', undefined)
  expect(await whyFailed('wasm', 'x')).toMatch(/no WebAssembly here/)
})

test('WebGPU without an adapter, on a page that is not secure, and with a device that is refused', async () => {
  const failed = new TypeError("Cannot read properties of null (reading 'features')")
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } })
  expect(await whyFailed('webgpu', failed)).toMatch(/no adapter: .*webgl runs on more devices/)
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => ({}) } })
  expect(await whyFailed('webgpu', new Error('too few bindings'))).toMatch(/failed to initialise: too few bindings/)
  expect(whyAbsent('webgpu')).toMatch(/navigator\.gpu is missing/)
  vi.stubGlobal('isSecureContext', false)
  expect(whyAbsent('webgpu')).toMatch(/by https, or from localhost/)
})

test('WebGL without a context', async () => {
  const canvas = (context: object | null) =>
    class {
      getContext = () => context
    }
  vi.stubGlobal('OffscreenCanvas', canvas(null))
  expect(await whyFailed('webgl', new Error('Error when getting WebGL context'))).toMatch(/gives no WebGL context/)
  vi.stubGlobal('OffscreenCanvas', canvas({}))
  expect(await whyFailed('webgl', new Error('no shaders'))).toMatch(/failed to initialise: no shaders/)
})

test('an engine of a user that throws what is no error says its message', async () => {
  const odd: unknown = { message: 'not today' }
  registerBackend('odd', () => {
    throw odd
  })
  expect((await failure(tfjs('odd'))).message).toMatch(/failed to initialise: not today/)
})
