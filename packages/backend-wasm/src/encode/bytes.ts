import { OPCODES, TYPE_BYTES, type Instruction, type Opcode, type ValueType } from './opcodes.js'

/** Bytes that grow. */
export class Bytes {
  private data = new Uint8Array(1024)
  length = 0

  byte(value: number): void {
    this.reserve(1)
    this.data[this.length++] = value
  }

  all(values: ArrayLike<number>): void {
    this.reserve(values.length)
    this.data.set(values, this.length)
    this.length += values.length
  }

  /** LEB128, unsigned. */
  unsigned(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** LEB128, signed, of 32 bits. */
  signed(value: number): void {
    let rest = value | 0
    for (;;) {
      const low = rest & 0x7f
      rest >>= 7
      const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
      this.byte(done ? low : low | 0x80)
      if (done) return
    }
  }

  /** Its length, then what is in it. */
  sized(inner: Bytes): void {
    this.unsigned(inner.length)
    this.all(inner.view())
  }

  name(text: string): void {
    // Names are our own, of ASCII.
    this.unsigned(text.length)
    this.all(Array.from(text, (character) => character.charCodeAt(0)))
  }

  view(): Uint8Array<ArrayBuffer> {
    return this.data.subarray(0, this.length)
  }

  private reserve(more: number): void {
    if (this.length + more <= this.data.length) return
    const longer = new Uint8Array(Math.max(2 * this.data.length, this.length + more))
    longer.set(this.view())
    this.data = longer
  }
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

/** One instruction. Runs for every one of a program that somebody waits for: it takes nothing apart. */
export function encodeInstruction(out: Bytes, instruction: Instruction): void {
  const { prefix, code, immediate }: Opcode = OPCODES[instruction[0]]
  if (immediate === 'raw') return allImmediates(out, instruction)
  if (prefix === undefined) out.byte(code)
  else {
    out.byte(prefix)
    out.unsigned(code)
  }
  const first = instruction[1] ?? 0
  switch (immediate) {
    case 'none':
      return
    case 'index':
      return out.unsigned(first)
    case 'memory':
      out.byte(0)
      return out.unsigned(first)
    case 'memoryLane':
      out.byte(0)
      out.unsigned(first)
      return out.byte(instruction[2] ?? 0)
    case 'lane':
      return out.byte(first)
    case 'i32':
      return out.signed(first)
    case 'f32':
      scratch.setFloat32(0, first, true)
      return out.all(new Uint8Array(scratch.buffer, 0, 4))
    case 'f64':
      scratch.setFloat64(0, first, true)
      return out.all(new Uint8Array(scratch.buffer, 0, 8))
    case 'bytes':
      return allImmediates(out, instruction)
    case 'block':
      // Blocks take and leave nothing.
      return out.byte(0x40)
  }
}

function allImmediates(out: Bytes, instruction: Instruction): void {
  // All but the first are numbers.
  for (let i = 1; i < instruction.length; i++) out.byte(instruction[i] as number)
}

/** What stands between a function's size and its end in the code section: locals, then instructions. */
export function encodeBody(locals: readonly ValueType[], instructions: readonly Instruction[]): Uint8Array {
  const out = new Bytes()
  const runs: { type: ValueType; count: number }[] = []
  for (const type of locals) {
    const last = runs.at(-1)
    if (last?.type === type) last.count++
    else runs.push({ type, count: 1 })
  }
  out.unsigned(runs.length)
  for (const { type, count } of runs) {
    out.unsigned(count)
    out.byte(TYPE_BYTES[type])
  }
  for (const instruction of instructions) encodeInstruction(out, instruction)
  encodeInstruction(out, ['end'])
  return out.view()
}
