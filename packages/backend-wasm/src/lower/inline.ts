import type { FunctionWriter } from '../encode/function.js'
import { TYPE_BYTES, type ValueType } from '../encode/opcodes.js'
import { codeOf, isMemory, Op } from '../kernels/code.js'
import type { LibraryFunction } from '../kernels/library.js'
import { Reader } from '../kernels/reader.js'
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

const LOCAL_OPS: ReadonlyMap<number, 'local.get' | 'local.set' | 'local.tee'> = /* @__PURE__ */ new Map([
  [Op.localGet, 'local.get'],
  [Op.localSet, 'local.set'],
  [Op.localTee, 'local.tee'],
])

/** Nothing for a function with branches, which say how far they go, and for one that is about memory. */
function take(target: LibraryFunction): Inlinable | undefined {
  const { params, body } = target
  const { locals, instructions } = codeOf(target)
  const pieces: Piece[] = []
  const written = new Set(params.keys())
  const zeros = new Set<number>()
  let plain = instructions[0]!.start
  const put = (piece: Piece, start: number, end: number): void => {
    if (start > plain) pieces.push({ kind: 'bytes', bytes: body.subarray(plain, start) })
    pieces.push(piece)
    plain = end
  }
  const last = instructions.length - 1
  for (let i = 0; i < last; i++) {
    const { op, start, immediates, end } = instructions[i]!
    const local = LOCAL_OPS.get(op)
    if (local !== undefined) {
      const index = new Reader(body.subarray(immediates)).number()
      if (op === Op.localGet && !written.has(index)) zeros.add(index)
      written.add(index)
      put({ kind: 'local', op: local, index }, start, end)
    } else if (op === Op.v128Const) put({ kind: 'constant', bytes: body.subarray(immediates, end) }, start, end)
    else if (op === Op.f32Const && instructions[i + 1]!.op === Op.f32x4Splat) {
      const word = body.subarray(immediates, end)
      put(
        { kind: 'constant', bytes: Uint8Array.from([...word, ...word, ...word, ...word]) },
        start,
        instructions[++i]!.end,
      )
    } else if (op < 0x1a || isMemory(op)) return undefined
  }
  const { start } = instructions[last]!
  if (start > plain) pieces.push({ kind: 'bytes', bytes: body.subarray(plain, start) })
  return { pieces, types: [...params, ...locals].map(nameOf), zeros: [...zeros] }
}

function nameOf(byte: number): ValueType {
  return (Object.keys(TYPE_BYTES) as ValueType[]).find((type) => TYPE_BYTES[type] === byte)!
}
