import { NeuriteError } from '@neurite/core'

// What this package uses of the WebAssembly API (its JavaScript interface, W3C), whose types come with DOM alone.

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export type WasmModule = object

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory
  readonly Module: (new (bytes: Uint8Array<ArrayBuffer>) => WasmModule) & {
    exports(module: WasmModule): readonly { readonly name: string }[]
  }
  readonly Instance: new (module: WasmModule, imports: Imports) => WasmInstance
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
}

/**
 * WebAssembly as this runtime has it.
 *
 * @throws NeuriteError `BACKEND_UNAVAILABLE` where there is none
 */
export function webAssembly(): WebAssemblyApi {
  const { WebAssembly: api } = globalThis as { readonly WebAssembly?: WebAssemblyApi }
  if (api === undefined)
    throw new NeuriteError(
      'BACKEND_UNAVAILABLE',
      'wasm: this runtime has no WebAssembly; use cpu() from @neurite/backend-cpu instead.',
    )
  return api
}
