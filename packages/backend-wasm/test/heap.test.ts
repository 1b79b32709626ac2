import { expect, test } from 'vitest'
import { Heap, type Block } from '../src/memory/heap.js'

const overlap = (a: Block, b: Block): boolean => a.address < b.address + b.bytes && b.address < a.address + a.bytes

test('blocks are aligned, hold what was asked for, and lie apart', () => {
  const heap = new Heap(2 ** 24)
  const blocks = [0, 1, 15, 16, 17, 100, 1000, 4097, 70000, 0, 3].map((bytes) => ({
    bytes,
    block: heap.allocate(bytes),
  }))
  for (const [i, { bytes, block }] of blocks.entries()) {
    expect(block.address % 16).toBe(0)
    expect(block.address).toBeGreaterThan(0)
    expect(block.bytes).toBeGreaterThanOrEqual(bytes)
    for (const other of blocks.slice(i + 1)) expect(overlap(block, other.block)).toBe(false)
  }
})

test('what was given back is taken again, and memory does not grow', () => {
  const heap = new Heap(2 ** 24)
  const first = Array.from({ length: 50 }, (_, i) => heap.allocate(1000 * i))
  const size = heap.memory.buffer.byteLength
  for (let round = 0; round < 100; round++) {
    for (const block of first) heap.give(block)
    for (const [i, block] of first.entries()) first[i] = heap.allocate(block.bytes)
  }
  expect(heap.memory.buffer.byteLength).toBe(size)
})

test('when there is no more, free neighbours become one', () => {
  const heap = new Heap(2 ** 20)
  const blocks = Array.from({ length: 60 }, () => heap.allocate(2 ** 14))
  expect(() => heap.allocate(2 ** 18)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }))
  for (const block of blocks) heap.give(block)
  const large = heap.allocate(2 ** 19)
  expect(large.bytes).toBeGreaterThanOrEqual(2 ** 19)
  expect(overlap(large, heap.allocate(2 ** 18))).toBe(false)
})

test('parts of a joined block are used, and the block in use is left alone', () => {
  const heap = new Heap(2 ** 20)
  const blocks = Array.from({ length: 60 }, () => heap.allocate(2 ** 14))
  const kept = blocks[30]!
  for (const block of blocks) if (block !== kept) heap.give(block)
  const pieces = Array.from({ length: 50 }, () => heap.allocate(15000))
  for (const [i, piece] of pieces.entries()) {
    expect(overlap(piece, kept)).toBe(false)
    for (const other of pieces.slice(i + 1)) expect(overlap(piece, other)).toBe(false)
  }
})

test('an error says how much was asked for, is taken and allowed, and loses nothing', () => {
  const heap = new Heap(2 ** 17)
  const block = heap.allocate(1000)
  heap.int32[block.address / 4] = 42
  expect(() => heap.allocate(2 ** 20)).toThrow(
    expect.objectContaining({
      code: 'OUT_OF_MEMORY',
      details: expect.objectContaining({ bytes: 2 ** 20, limit: 2 ** 17 }),
    }),
  )
  expect(heap.int32[block.address / 4]).toBe(42)
  expect(heap.allocate(1000).bytes).toBeGreaterThanOrEqual(1000)
})
