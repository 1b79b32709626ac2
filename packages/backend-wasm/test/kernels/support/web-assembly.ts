/** What the tests use of WebAssembly, whose types come with a browser's. */
export interface Memory {
  readonly buffer: ArrayBuffer
}

interface WebAssemblyGlobal {
  readonly Memory: new (descriptor: { initial: number }) => Memory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { env: { memory: Memory } } | { host: Math },
  ) => { readonly exports: Readonly<Record<string, (...args: number[]) => number>> }
  validate(bytes: Uint8Array): boolean
}

export const { Memory, Module, Instance, validate } = (globalThis as { readonly WebAssembly?: WebAssemblyGlobal })
  .WebAssembly!
