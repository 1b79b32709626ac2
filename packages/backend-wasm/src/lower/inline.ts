import type { FunctionWriter } from '../encode/function.js'
import { TYPE_BYTES, type ValueType } from '../encode/opcodes.js'
import type { LibraryFunction } from '../kernels/library.js'
import type { Constants } from './constants.js'

/** What a function's code is made of, as far as it matters for copying it into another one. */
type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'local'; readonly op: 'local.get' | 'local.set' | 'local.tee'; readonly index: number }
  /** A vector that is always the same, as its 16 bytes. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array }

interface Inlinable {
  readonly pieces: readonly Piece[]
  /** Params, then locals. */
  readonly types: readonly ValueType[]
  /** Locals that are read before they are written, and so must be 0. */
  readonly zeros: readonly number[]
}

const known = new WeakMap<LibraryFunction, Inlinable | undefined>()

/**
 * Writes a function's code in place of a call, its inputs being on the stack: then what is the same at each call of a loop is made
 * once, before it. Says false, and writes nothing, for a function that leaves early.
 */
export function inline(f: FunctionWriter, target: LibraryFunction, constants: Constants): boolean {
  if (!known.has(target)) known.set(target, take(target))
  const found = known.get(target)
  if (found === undefined) return false
  const locals = found.types.map((type) => f.take(type))
  for (let i = target.params.length - 1; i >= 0; i--) f.set(locals[i]!)
  for (const index of found.zeros) {
    const type = found.types[index]!
    if (type === 'v128') f.emit('v128.const', ...new Array<number>(16).fill(0))
    else f.emit(`${type}.const`, 0)
    f.set(locals[index]!)
  }
  for (const piece of found.pieces) {
    if (piece.kind === 'bytes') f.emit('raw', ...piece.bytes)
    else if (piece.kind === 'local') f.emit(piece.op, locals[piece.index]!)
    else constants.get(piece.bytes)
  }
  f.give(...locals)
  return true
}

const END = 0x0b
const LOCAL_OPS = { 0x20: 'local.get', 0x21: 'local.set', 0x22: 'local.tee' } as const

/** Reads a body (core specification, 5.4). Nothing for one with branches: they say how far they go. */
function take({ params, body }: LibraryFunction): Inlinable | undefined {
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
  const types = params.map(nameOf)
  for (let runs = number(); runs > 0; runs--) {
    const count = number()
    const type = nameOf(body[at++]!)
    for (let i = 0; i < count; i++) types.push(type)
  }

  const pieces: Piece[] = []
  const written = new Set(params.map((_, i) => i))
  const zeros = new Set<number>()
  let plain = at
  const flush = (end: number): void => {
    if (end > plain) pieces.push({ kind: 'bytes', bytes: body.subarray(plain, end) })
  }
  const last = body.length - 1
  while (at < last) {
    const start = at
    const op = body[at++]!
    if (op === 0x20 || op === 0x21 || op === 0x22) {
      flush(start)
      const index = number()
      if (op === 0x20 && !written.has(index)) zeros.add(index)
      written.add(index)
      pieces.push({ kind: 'local', op: LOCAL_OPS[op], index })
      plain = at
    } else if (op === 0xfd) {
      const code = number()
      if (code === 0x0c) {
        flush(start)
        pieces.push({ kind: 'constant', bytes: body.subarray(at, at + 16) })
        plain = at += 16
      } else if (code === 0x0d) at += 16
      else if (code >= 0x15 && code <= 0x22) at++
      else if (code <= 0x0b || (code >= 0x54 && code <= 0x5d)) return undefined
    } else if (op === 0x43) {
      at += 4
      // f32.const, f32x4.splat
      if (body[at] === 0xfd && body[at + 1] === 0x13) {
        flush(start)
        const word = body.subarray(start + 1, at)
        pieces.push({ kind: 'constant', bytes: Uint8Array.from([...word, ...word, ...word, ...word]) })
        plain = at += 2
      }
    } else if (op === 0x44) at += 8
    else if (op === 0x41 || op === 0x42) while (body[at++]! >= 0x80);
    else if (op < 0x1a || op === 0x23 || op === 0x24 || (op >= 0x28 && op <= 0x40)) return undefined
  }
  flush(last)
  return body[last] === END ? { pieces, types, zeros: [...zeros] } : undefined
}

function nameOf(byte: number): ValueType {
  return (Object.keys(TYPE_BYTES) as ValueType[]).find((type) => TYPE_BYTES[type] === byte)!
}
