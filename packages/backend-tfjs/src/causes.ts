import { messageOf } from './failure.js'
import { triedBinary } from './wasm-paths.js'

// Why an engine cannot run: what was tried, the likely cause, the way out. tfjs itself says «[object Object]» or «Cannot read properties of
// null», so the cause is looked for once more, after the failure.

/** What is asked of a page, a worker or a runtime; each part may be missing. */
interface Platform {
  readonly isSecureContext?: boolean
  readonly navigator?: { readonly gpu?: { requestAdapter(): Promise<object | null> } }
  readonly location?: object
  readonly document?: { createElement(name: 'canvas'): Canvas }
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
  readonly WebAssembly?: { readonly Module: new (bytes: Uint8Array) => object }
  fetch?(address: string): Promise<Response>
}

interface Canvas {
  getContext(kind: 'webgl2' | 'webgl'): object | null
}

interface Response {
  readonly ok: boolean
  readonly status: number
  readonly url: string
  readonly headers: { get(name: string): string | null }
}

const platform = (): Platform => globalThis as Platform

/** Why tfjs has no factory of this name although its package was imported. */
export function whyAbsent(engine: string): string {
  if (engine === 'webgl') return 'there is no WebGL here: the engine needs a browser'
  if (engine === 'webgpu') {
    return platform().isSecureContext === false
      ? 'browsers give WebGPU to secure pages alone: serve this one by https, or from localhost'
      : 'there is no WebGPU here: navigator.gpu is missing; webgl runs in older browsers, wasm also in Node'
  }
  return 'tfjs knows no engine of this name: register it with tfjs first, or use webgl, webgpu, wasm or cpu'
}

/** Why an engine that tfjs has did not start. */
export async function whyFailed(engine: string, error: unknown): Promise<string> {
  const found = await CAUSES[engine]?.(error)
  return found ?? `the engine failed to initialise: ${messageOf(error)}`
}

const CAUSES: Readonly<Record<string, (error: unknown) => string | undefined | Promise<string | undefined>>> = {
  webgl() {
    const { document, OffscreenCanvas } = platform()
    const canvas = OffscreenCanvas === undefined ? document?.createElement('canvas') : new OffscreenCanvas(1, 1)
    if ((canvas?.getContext('webgl2') ?? canvas?.getContext('webgl') ?? null) !== null) return undefined
    return 'the browser gives no WebGL context: hardware acceleration is off, the driver is on its blocklist, or too many contexts are open (chrome://gpu says which); wasm needs no GPU'
  },
  async webgpu() {
    const adapter = await platform().navigator?.gpu?.requestAdapter()
    if (adapter !== null) return undefined
    return 'the browser has WebGPU but no adapter: no GPU that it can use, or a driver on its blocklist (chrome://gpu says which; in Linux, Chromium may need --enable-unsafe-webgpu); webgl runs on more devices'
  },
  async wasm(error) {
    return whyNotCompiled() ?? (await whyNotFetched()) ?? `its binary did not start: ${messageOf(error)}`
  },
}

function whyNotCompiled(): string | undefined {
  const { WebAssembly } = platform()
  if (WebAssembly === undefined) return 'there is no WebAssembly here; cpu needs none'
  try {
    // The smallest module: its magic number and its version.
    void new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
    return undefined
  } catch (error) {
    return `WebAssembly is forbidden here (${messageOf(error)}): a Content-Security-Policy must have 'wasm-unsafe-eval' in its script-src`
  }
}

async function whyNotFetched(): Promise<string | undefined> {
  const tried = triedBinary()
  const wayOut =
    'copy the three .wasm files of @tensorflow/tfjs-backend-wasm/dist to where the page finds them, and give their folder as wasmPaths'
  const { location, fetch } = platform()
  if (location === undefined || fetch === undefined) return `its binary ${tried} could not be read: ${wayOut}`
  try {
    const { ok, status, url, headers } = await fetch(tried)
    if (!ok) return `its binary ${url} was answered with status ${status}: ${wayOut}`
    const isPage = headers.get('content-type')?.includes('html') === true
    return isPage ? `its binary ${url} was answered with a page of HTML: ${wayOut}` : undefined
  } catch (error) {
    return `its binary ${tried} could not be fetched (${messageOf(error)}; a Content-Security-Policy must allow the address in connect-src): ${wayOut}`
  }
}
