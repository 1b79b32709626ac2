import type { Layout } from '../layout.js'

/** A program's module as text: JSON. */
export interface Shipment {
  readonly neurite: 'wasm'
  readonly version: 1
  /** Of the program it was made from, see {@link keyOf}. */
  readonly program: number
  /** The primitives in it. */
  readonly primitives: readonly string[]
  readonly layout: Layout
  /** The module, as base64. */
  readonly code: string
  /** The kernels' module, deflated, as base64, if the code calls any. */
  readonly kernels?: string
}

/** What tells programs apart: FNV-1a, 32 bit, over their text. */
export function keyOf(program: unknown): number {
  const text = JSON.stringify(program)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
