import type { LibraryFunction } from './library.js'
import { Reader } from './reader.js'

/** An instruction in the binary format. */
export interface Coded {
  /** Its opcode; behind a prefix, as 0xfc00 or 0xfd00 + its number. */
  readonly op: number
  /** Where it begins in the body, where its immediates do, and where the next one begins. */
  readonly start: number
  readonly immediates: number
  readonly end: number
}

/** A function's body, taken apart. */
export interface Code {
  /** Types of the locals that are no params, as bytes. */
  readonly locals: readonly number[]
  readonly instructions: readonly Coded[]
}

const known = new WeakMap<LibraryFunction, Code>()

/**
 * The instructions of a function (core specification 2.0, 5.4).
 *
 * @throws Error for an instruction that ties a function to its module otherwise than by calls: types, tables, globals, data
 */
export function codeOf(from: LibraryFunction): Code {
  let code = known.get(from)
  if (code === undefined) known.set(from, (code = read(from.body)))
  return code
}

function read(body: Uint8Array): Code {
  const reader = new Reader(body)
  const runs = reader.list((each) => [each.number(), each.byte()] as const)
  const instructions: Coded[] = []
  while (!reader.done) {
    const start = reader.at
    let op = reader.byte()
    if (op === 0xfc || op === 0xfd) op = op * 256 + reader.number()
    const immediates = reader.at
    skipImmediates(reader, op)
    instructions.push({ op, start, immediates, end: reader.at })
  }
  return { locals: runs.flatMap(([count, type]) => new Array<number>(count).fill(type)), instructions }
}

export const Op = {
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  f32Const: 0x43,
  v128Const: 0xfd0c,
  f32x4Splat: 0xfd13,
} as const

/** Loads and stores, and what else is about memory. */
export function isMemory(op: number): boolean {
  return (
    within(op, 0x28, 0x40) || within(op, 0xfc08, 0xfc0b) || within(op, 0xfd00, 0xfd0b) || within(op, 0xfd54, 0xfd5d)
  )
}

function skipImmediates(reader: Reader, op: number): void {
  // Blocks: 0x40 for one without a result, or its type; a number would be that of a type of the module.
  if (within(op, 0x02, 0x04)) return within(reader.byte(), 0x40, 0x7f) ? undefined : refuse(op)
  // br_table
  if (op === 0x0e) reader.list((each) => each.number())
  // select of a type
  if (op === 0x1c) return void reader.list((each) => each.byte())
  // br, br_if, br_table, call, locals
  if (within(op, 0x0c, 0x0e) || op === Op.call || within(op, Op.localGet, Op.localTee)) return void reader.number()
  // i32.const, i64.const: signed, of up to 10 bytes
  if (op === 0x41 || op === 0x42) {
    while (reader.byte() >= 0x80);
    return
  }
  if (op === Op.f32Const) return reader.skip(4)
  if (op === 0x44) return reader.skip(8)
  // v128.const, i8x16.shuffle
  if (op === Op.v128Const || op === 0xfd0d) return reader.skip(16)
  // extract_lane, replace_lane
  if (within(op, 0xfd15, 0xfd22)) return reader.skip(1)
  // memory.size, memory.grow, memory.fill; memory.copy
  if (op === 0x3f || op === 0x40 || op === 0xfc0b) return reader.skip(1)
  if (op === 0xfc0a) return reader.skip(2)
  if (isMemory(op) && op !== 0xfc08 && op !== 0xfc09) {
    // Alignment, offset; then the lane.
    reader.number()
    reader.number()
    return within(op, 0xfd54, 0xfd5b) ? reader.skip(1) : undefined
  }
  const isPlain =
    op <= 0x01 || op === 0x05 || op === Op.end || op === 0x0f || op === 0x1a || op === 0x1b || within(op, 0x45, 0xc4)
  if (!isPlain && !within(op, 0xfc00, 0xfc07) && !within(op, 0xfd0e, 0xfdff)) refuse(op)
}

function within(op: number, first: number, last: number): boolean {
  return op >= first && op <= last
}

function refuse(op: number): never {
  throw new Error(`a function with the instruction 0x${op.toString(16)} cannot be read on its own`)
}
