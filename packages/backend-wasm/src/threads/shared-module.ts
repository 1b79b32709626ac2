import { Bytes } from '../encode/bytes.js'

const HEADER = 8
const IMPORTS = 2
const MEMORY = 2
/** Shared, with a limit. */
const SHARED = 3

/** The module of kernels for memory that is shared: its only import, a memory, says so (threads proposal, binary format). */
export function forSharedMemory(bytes: Uint8Array, maximumPages: number): Uint8Array<ArrayBuffer> {
  const out = new Bytes()
  out.all(bytes.subarray(0, HEADER))
  for (let at = HEADER; at < bytes.length;) {
    const start = at
    const id = bytes[at++]!
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const end = at + size
    if (id !== IMPORTS) out.all(bytes.subarray(start, end))
    else {
      const section = new Bytes()
      section.unsigned(1)
      section.name('env')
      section.name('memory')
      section.all([MEMORY, SHARED])
      section.unsigned(0)
      section.unsigned(maximumPages)
      out.byte(IMPORTS)
      out.sized(section)
    }
    at = end
  }
  return out.view()
}
