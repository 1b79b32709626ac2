import { readFileSync, writeFileSync } from 'node:fs'
import type { Host, Problem } from './problem.js'

// A line of JSON, padded with spaces to a multiple of 4 bytes, then the arrays as little-endian float32, in that order:
// simple enough to be read from any language, without a copy.

/** Writes a problem for other processes to read. */
export function writeProblem(path: string, problem: Problem): void {
  const entries = Object.entries(problem)
  const header = JSON.stringify(entries.map(([name, { shape }]) => ({ name, shape })))
  const line = header.padEnd(Math.ceil((header.length + 1) / 4) * 4 - 1) + '\n'
  writeFileSync(path, Buffer.concat([Buffer.from(line, 'latin1'), ...entries.map(([, { data }]) => bytes(data))]))
}

/** Reads what {@link writeProblem} wrote. */
export function readProblem(path: string): Problem {
  const file = readFileSync(path)
  const end = file.indexOf('\n') + 1
  const header = JSON.parse(file.toString('latin1', 0, end)) as { name: string; shape: number[] }[]
  const all = new Float32Array(file.buffer.slice(file.byteOffset + end, file.byteOffset + file.byteLength))
  const problem: Record<string, Host> = {}
  let offset = 0
  for (const { name, shape } of header) {
    const size = shape.reduce((a, b) => a * b, 1)
    problem[name] = { shape, data: all.slice(offset, offset + size) }
    offset += size
  }
  return problem
}

function bytes(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
