/**
 * The opcodes of a function's body (WebAssembly core specification 2.0, 5.4) up to the first that is not about locals, constants, control and
 * arithmetic; SIMD ones as 0xfd00 + their number. Those of calls, globals, tables and memory have other immediates, and end the list.
 */
export function instructions(body: Uint8Array): { readonly opcodes: readonly number[]; readonly complete: boolean } {
  let at = 0
  const leb = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
  // Locals: runs of a count and a type.
  for (let runs = leb(); runs > 0; runs--) {
    leb()
    at++
  }
  const opcodes: number[] = []
  while (at < body.length) {
    const opcode = body[at++]!
    if (opcode === 0xfd) {
      const simd = leb()
      opcodes.push(0xfd00 + simd)
      if (simd === 12 || simd === 13) at += 16
      else if (simd >= 21 && simd <= 34) at++
      else if (simd < 12 || (simd >= 84 && simd <= 93)) return { opcodes, complete: false }
      continue
    }
    opcodes.push(opcode)
    if (opcode === 0x20 || opcode === 0x21 || opcode === 0x22) leb()
    else if (opcode === 0x41) leb()
    else if (opcode === 0x43) at += 4
    else if (opcode === 0x44) at += 8
    else if (!(opcode === 0x0b || opcode === 0x1a || opcode === 0x1b || (opcode >= 0x45 && opcode <= 0xc4)))
      return { opcodes, complete: false }
  }
  return { opcodes, complete: true }
}
