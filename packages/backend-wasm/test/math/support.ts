import { Instance, Memory, Module } from '../kernels/support/web-assembly.js'
import { readLibrary } from '../../src/kernels/library.js'
import { module } from '../kernels/support/module.js'

const I32 = 0x7f

export const library = readLibrary(module)

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}

const sized = (bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes]
const list = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()]
const section = (id: number, items: readonly (readonly number[])[]): number[] => [id, ...sized(list(items))]
const text = (value: string): number[] => sized([...Buffer.from(value)])

/** run(out, x, y, bytes): the function over arrays of float32x4. Its body is put into a module of its own, as the compiler does it. */
function driver(arity: number): number[] {
  const at = (array: number): number[] => [0x20, array, 0x20, 4, 0x6a]
  const load = (array: number): number[] => [...at(array), 0xfd, 0x00, 4, 0]
  return [
    ...[1, 1, I32], // one local, the place p
    ...[0x03, 0x40], // loop
    ...[...at(0), ...load(1), ...(arity === 2 ? load(2) : []), 0x10, 0, 0xfd, 0x0b, 4, 0], // out[p] = f(x[p], y[p])
    ...[0x20, 4, 0x41, 16, 0x6a, 0x22, 4, 0x20, 3, 0x48, 0x0d, 0], // p += 16, again while p < bytes
    ...[0x0b, 0x0b],
  ]
}

/** Applies a function of the library to numbers, of which there are a multiple of 4 and at most 2^20. */
export type Apply = (x: Float32Array, y?: Float32Array) => Float32Array

export function link(name: string): Apply {
  const { params, results, body } = library.functions.get(name)!
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [
      [0x60, ...list(params.map((type) => [type])), ...list(results.map((type) => [type]))],
      [0x60, ...list([[I32], [I32], [I32], [I32]]), 0],
    ]),
    ...section(2, [[...text('env'), ...text('memory'), 2, 0, 0]]),
    ...section(3, [[0], [1]]),
    ...section(7, [[...text('run'), 0, 1]]),
    ...section(10, [sized([...body]), sized(driver(params.length))]),
  ])
  const memory = new Memory({ initial: 192 })
  const run = new Instance(new Module(bytes), { env: { memory } }).exports['run']!
  const x = 2 ** 22
  const y = 2 * x
  return (a, b) => {
    new Float32Array(memory.buffer, x, a.length).set(a)
    if (b !== undefined) new Float32Array(memory.buffer, y, b.length).set(b)
    run(0, x, y, a.length * 4)
    return new Float32Array(memory.buffer, 0, a.length).slice()
  }
}

/** How many units in its last place a float32 is off; 0 for the same special value, Infinity for another one. */
export function ulps(got: number, wanted: number): number {
  const rounded = Math.fround(wanted)
  if (Number.isNaN(wanted)) return Number.isNaN(got) ? 0 : Infinity
  if (got === rounded) return 0
  if (!Number.isFinite(got)) return Math.abs(rounded) >= 3.4e38 ? 1 : Infinity
  const exponent = Math.max(-126, Math.min(127, Math.floor(Math.log2(Math.abs(wanted)))))
  return Math.abs(got - (Number.isFinite(rounded) ? wanted : Math.sign(wanted) * 2 ** 128)) / 2 ** (exponent - 23)
}

export interface Worst {
  readonly ulps: number
  readonly x: number
  readonly got: number
  readonly wanted: number
}

/** The largest error over numbers, with the number. */
export function worst(apply: Apply, exact: (x: number) => number, x: Float32Array): Worst {
  const got = apply(x)
  let most: Worst = { ulps: 0, x: 0, got: 0, wanted: 0 }
  x.forEach((value, i) => {
    const wanted = exact(value)
    const off = ulps(got[i]!, wanted)
    if (off > most.ulps) most = { ulps: off, x: value, got: got[i]!, wanted }
  })
  return most
}

/** Every `step`-th float32 by its bits, NaNs and infinities among them, `first` first; a multiple of 4 of them. */
export function everyFloat(step: number, first = 0): Float32Array {
  const count = Math.floor((2 ** 32 - first) / step / 4) * 4
  return new Float32Array(Uint32Array.from({ length: count }, (_, i) => first + i * step).buffer)
}
