import { gzipSync } from 'node:zlib'
import { decodeModel, encodeModel, type ModelParts, type SavedModel } from '../../src/index.js'
import { toJavaScript } from '../../src/javascript/index.js'

/** What a module exports. */
export interface Exports {
  predict(rows: unknown): unknown
  predictProbabilities?(rows: unknown): unknown
  readonly labels?: readonly (string | number)[]
}

/** The module that a text is. */
export async function imported(code: string): Promise<Exports> {
  const url = `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`
  return (await import(/* @vite-ignore */ url)) as Exports
}

/** The same model as a module, and from a model file. */
export async function both(
  parts: ModelParts,
): Promise<{ module: Exports; saved: SavedModel; code: string; types: string }> {
  const { model, params, ...options } = parts
  const { code, types } = await toJavaScript(model, params, options)
  return { module: await imported(code), saved: await decodeModel(await encodeModel(parts)), code, types }
}

/** The greatest difference of two nested arrays of numbers, of one shape, relative to the greatest number. */
export function difference(found: unknown, expected: unknown): number {
  const [a, b] = [found, expected].map((value) => [value].flat(Infinity) as number[]) as [number[], number[]]
  if (a.length !== b.length || shapeOf(found) !== shapeOf(expected)) return Infinity
  const scale = Math.max(1e-6, ...b.map(Math.abs))
  return Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]!) / scale))
}

function shapeOf(value: unknown): string {
  return Array.isArray(value) ? `${value.length},${shapeOf(value[0])}` : typeof value
}

/** Bytes of a module without its weights. */
export function sizeBesideWeights(code: string): number {
  return gzipSync(code.replaceAll(/bytes\('[^']*'\)/g, 'bytes()')).length
}
