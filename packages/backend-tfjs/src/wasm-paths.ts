import { must, optional, readOptions } from '@neurite/core/arguments'
import { env } from '@tensorflow/tfjs-core'
import { unavailable } from './failure.js'

const BINARIES = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const

/** Where tfjs-wasm finds its binaries: a folder, or the path of each of the three files. */
export type WasmPaths = string | Readonly<Record<(typeof BINARIES)[number], string>>

/** Options of an engine of WebAssembly. */
export interface WasmOptions {
  /**
   * Where tfjs-wasm finds its binaries: the path of a folder, or of each file by its name. tfjs keeps it for the whole
   * page. Default: tfjs' own, the folder of the script (in Node, that of the package).
   */
  readonly wasmPaths?: WasmPaths
}

const paths = /* @__PURE__ */ must(
  `the path of a folder, or a path for each of ${BINARIES.join(', ')}`,
  (value): value is WasmPaths =>
    typeof value === 'string' ||
    (typeof value === 'object' &&
      value !== null &&
      BINARIES.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string')),
)

export function readWasmOptions(where: string, options: WasmOptions): WasmPaths | undefined {
  return readOptions(where, options, { wasmPaths: optional(paths) }).wasmPaths
}

/** What tfjs was told last. */
let told: WasmPaths | undefined

/** Tells tfjs where its binaries are. It takes other paths only as long as no start has failed. */
export function tellPaths(
  setWasmPaths: (paths: string | Record<string, string>) => void,
  wasmPaths: WasmPaths | undefined,
): void {
  if (wasmPaths === undefined || JSON.stringify(wasmPaths) === JSON.stringify(told)) return
  try {
    setWasmPaths(typeof wasmPaths === 'string' ? wasmPaths : { ...wasmPaths })
  } catch (error) {
    const reason =
      'tfjs-wasm failed to start before, and takes no other wasmPaths until the page is loaded anew (in Node, until the process is started anew)'
    throw unavailable('wasm', reason, error)
  }
  told = wasmPaths
}

/** The address of the binary that tfjs tried to load, as far as can be known. */
export function triedBinary(): string {
  const threads = env().get('WASM_HAS_MULTITHREAD_SUPPORT') === true
  const simd = env().get('WASM_HAS_SIMD_SUPPORT') === true
  const name = BINARIES[simd ? (threads ? 2 : 1) : 0]
  if (told !== undefined) return typeof told === 'string' ? told + name : told[name]
  // tfjs looks beside its script, which only the browser knows: it keeps a list of what was asked for.
  const asked = (globalThis as { readonly performance?: Timeline }).performance?.getEntriesByType?.('resource') ?? []
  return asked.filter((entry) => entry.name.endsWith(name)).at(-1)?.name ?? name
}

interface Timeline {
  getEntriesByType?(type: 'resource'): readonly { readonly name: string }[]
}
