import { expect, test } from 'vitest'
import { encodeBody } from '../src/encode/bytes.js'
import { FunctionWriter } from '../src/encode/function.js'
import { encodeModule } from '../src/encode/module.js'
import type { LibraryFunction } from '../src/kernels/library.js'
import { Constants } from '../src/lower/constants.js'
import { inline } from '../src/lower/inline.js'
import { Instance, Memory, Module } from './kernels/support/web-assembly.js'

const [I32, V128] = [0x7f, 0x7b]
/** i32.store, aligned. */
const STORE = [0x36, 2, 0]

/** Of a param x and a local of each type that nobody has written: x + local, and leaves 7 in the local. */
const dirty: LibraryFunction = {
  params: [I32],
  results: [I32],
  siblings: [],
  body: Uint8Array.from([
    ...[2, 1, I32, 1, V128],
    // local.get 0, local.get 1, i32.add, local.get 2, i32x4.extract_lane 0, i32.add
    ...[0x20, 0, 0x20, 1, 0x6a, 0x20, 2, 0xfd, 0x1b, 0, 0x6a],
    // i32.const 7, local.set 1, i32.const 7, i32x4.splat, local.set 2
    ...[0x41, 7, 0x21, 1, 0x41, 7, 0xfd, 0x11, 0x21, 2, 0x0b],
  ]),
}

test('a local that is read before it is written is 0 in each copy, as in each call', () => {
  const f = new FunctionWriter(1)
  const constants = new Constants(f, true)
  f.repeat(3, () => {
    f.get(0).get(0).emit('i32.load', 0)
    expect(inline(f, dirty, constants)).toBe(true)
    f.emit('raw', ...STORE)
  })
  constants.finish()
  const memory = new Memory({ initial: 1 })
  const words = new Int32Array(memory.buffer)
  words[4] = 5
  const body = encodeBody(f.locals, f.instructions)
  const bytes = encodeModule({ imports: [], functions: [{ params: [I32], results: [], body, exported: 'run' }] })
  new Instance(new Module(bytes), { env: { memory } }).exports['run']!(16)
  expect(words[4]).toBe(5)
})
