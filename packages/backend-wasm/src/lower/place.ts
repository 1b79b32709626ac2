import type { FunctionWriter } from '../encode/function.js'

/** Where an array begins: what a local holds, and a number of bytes more. */
export interface Place {
  readonly base: number
  readonly offset: number
}

/** Leaves the address on the stack. */
export function pointerTo(f: FunctionWriter, { base, offset }: Place): () => void {
  return () => void (offset === 0 ? f.get(base) : f.get(base).i32(offset).emit('i32.add'))
}
