import { compile, sizeOf, tensor, type DType, type Tensor } from '@neurite/core'
import { toWasm, wasm, type StandaloneWasm } from '../../src/index.js'

export const backend = await wasm()

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array
export type Predict = (input: ArrayLike<number>) => Numbers

interface Loader {
  load(source: object): Promise<Predict>
}

export function seeded(shape: readonly number[], seed: number, dtype: DType = 'float32'): Tensor {
  const data = Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.7 * i + seed))
  return tensor(data, { shape, dtype, backend })
}

/** Whole numbers of [0, count). */
export function indices(shape: readonly number[], count: number, seed: number): Tensor {
  const data = Int32Array.from({ length: sizeOf(shape) }, (_, i) => (7 * i + seed) % count)
  return tensor(data, { shape, backend })
}

/** What the loader makes of a module, as if both came from files. */
export async function loaded({ bytes, loader }: StandaloneWasm, source: object = bytes): Promise<Predict> {
  const url = `data:text/javascript,${encodeURIComponent(loader)}`
  const { load } = (await import(/* @vite-ignore */ url)) as Loader
  return load(source)
}

/**
 * What a function answers to some inputs as a module, and on the backend: bits, so that NaN and -0 count. The first input comes
 * again at the end, when everything in memory was used.
 */
export async function both<P>(
  f: (params: P, x: Tensor) => Tensor,
  params: P,
  inputs: readonly Tensor[],
): Promise<{ found: number[][]; expected: number[][]; files: StandaloneWasm }> {
  const files = await toWasm(f, params, inputs[0]!)
  const predict = await loaded(files)
  const here = compile(f)
  const [found, expected]: [number[][], number[][]] = [[], []]
  for (const x of [...inputs, inputs[0]!]) {
    found.push(bits(predict(await x.data())))
    expected.push(bits(await here(params, x).data()))
  }
  here.dispose()
  return { found, expected, files }
}

function bits({ buffer, byteOffset, byteLength }: Numbers): number[] {
  return [...new Uint8Array(buffer, byteOffset, byteLength)]
}

/** What a test needs of WebAssembly. */
export interface WebAssemblyGlobal {
  readonly Module: {
    new (bytes: Uint8Array): object
    imports(module: object): readonly { readonly module: string; readonly name: string }[]
    exports(module: object): readonly { readonly name: string }[]
  }
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
      predict(): void
    } & Readonly<Record<string, { readonly value: number }>>
  }
}

export const { Module, Instance } = (globalThis as { readonly WebAssembly?: WebAssemblyGlobal }).WebAssembly!
