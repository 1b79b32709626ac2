import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'

/** Where tfjs-wasm's binaries lie: bundled programs do not find them by themselves. */
export function wasmFolder(): string {
  const binary = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'
  return dirname(createRequire(import.meta.url).resolve(binary)) + sep
}
