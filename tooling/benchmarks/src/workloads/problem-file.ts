import type { Host, Problem } from './problem.js'

// A line of JSON, padded with spaces to a multiple of 4 bytes, then the arrays as little-endian float32, in that order:
// simple enough to be read from any language, without a copy.

/** A problem as bytes, for other processes to read. */
export function encodeProblem(problem: Problem): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(problem)
  const header = JSON.stringify(entries.map(([name, { shape }]) => ({ name, shape })))
  const line = header.padEnd(Math.ceil((header.length + 1) / 4) * 4 - 1) + '\n'
  const bytes = new Uint8Array(entries.reduce((size, [, { data }]) => size + data.byteLength, line.length))
  bytes.set(new TextEncoder().encode(line))
  let offset = line.length
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}

/** Reads what {@link encodeProblem} gave. */
export function decodeProblem(bytes: Uint8Array): Problem {
  const end = bytes.indexOf(10) + 1
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as { name: string; shape: number[] }[]
  const all = new Float32Array(new Uint8Array(bytes.subarray(end)).buffer)
  const problem: Record<string, Host> = {}
  let offset = 0
  for (const { name, shape } of header) {
    const size = shape.reduce((a, b) => a * b, 1)
    problem[name] = { shape, data: all.slice(offset, offset + size) }
    offset += size
  }
  return problem
}
