import { module } from './module.js'
import { Instance, Memory, Module } from './web-assembly.js'

export type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array

const memory = new Memory({ initial: 1024 })
const kernels = new Instance(new Module(module), { env: { memory } }).exports

/** Scratch memory of so many bytes, as an argument. */
export class Scratch {
  constructor(readonly bytes: number) {}
}

/** As much as a product of these sizes and strides is said to need. */
export const matmulScratch = (...numbers: number[]): Scratch => new Scratch(kernels['matmulScratch']!(...numbers))
export const gemmScratch = (m: number, n: number, k: number): Scratch => new Scratch(kernels['gemmScratch']!(m, n, k))
export const mostScratch = new Scratch(kernels['mostScratch']!())

const UNTOUCHED = 0xff
const GUARD = 64

/**
 * Calls a kernel that writes `out`. Arrays go into its memory one after the other, with a guard after each: bytes that are NaN for floats, and whole
 * numbers out of every range. Throws where the kernel writes into an input or a guard.
 */
export function call<T extends Numbers>(name: string, out: T, ...args: readonly (Numbers | Scratch | number)[]): T {
  let end = 1024
  const place = (bytes: number): number => {
    const start = end
    end = Math.ceil((start + bytes + GUARD) / 16) * 16
    if (end > memory.buffer.byteLength) throw new Error(`${name}: the arrays of this test do not fit`)
    return start
  }
  const starts = [out, ...args].map((each) =>
    typeof each === 'number' ? each : place(each instanceof Scratch ? each.bytes : each.byteLength),
  )
  const bytes = new Uint8Array(memory.buffer)
  bytes.fill(UNTOUCHED, 0, end)
  args.forEach((each, i) => {
    if (typeof each !== 'number' && !(each instanceof Scratch)) bytes.set(bytesOf(each), starts[i + 1])
  })
  const before = bytes.slice(0, end)
  kernels[name]!(...starts)
  const open = [[starts[0]!, out.byteLength]]
  args.forEach((each, i) => {
    if (each instanceof Scratch) open.push([starts[i + 1]!, each.bytes])
  })
  bytesOf(out).set(bytes.subarray(starts[0], starts[0]! + out.byteLength))
  for (const [start, length] of open) bytes.set(before.subarray(start, start! + length!), start)
  if (Buffer.compare(bytes.subarray(0, end), before) !== 0) throw new Error(`${name} writes where it must not`)
  return out
}

function bytesOf(x: Numbers): Uint8Array {
  return new Uint8Array(x.buffer, x.byteOffset, x.byteLength)
}
