import { collectTests, conformance } from '@neurite/conformance'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { FunctionWriter } from '../src/encode/function.js'
import type { Op } from '../src/encode/opcodes.js'
import { wasm } from '../src/index.js'
import { Cursors } from '../src/lower/cursors.js'
import { Heap } from '../src/memory/heap.js'
import * as grouping from '../src/nest/group.js'
import type { Group } from '../src/nest/group.js'

// The compiler with one mistake each, and the part of the conformance suite that must notice it.

vi.mock(import('../src/nest/group.js'), async (original) => {
  const real = await original()
  return { ...real, group: vi.fn(real.group) }
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.mocked(grouping.group).mockImplementation(realGroup)
})

const { emit, repeat, take } = FunctionWriter.prototype
const { group: realGroup } = await vi.importActual<typeof grouping>('../src/nest/group.js')

/** Replaces an instruction by another. */
const instead = (of: Op, by: Op): void => {
  vi.spyOn(FunctionWriter.prototype, 'emit').mockImplementation(function (this: FunctionWriter, op, ...immediates) {
    return emit.call(this, op === of ? by : op, ...immediates)
  })
}
const groups = (change: (found: Group) => Group): void => {
  vi.mocked(grouping.group).mockImplementation((program) => realGroup(program).map(change))
}

const MUTANTS: Readonly<Record<string, readonly [make: () => void, noticed: string]>> = {
  'a bound off by one': [
    () =>
      vi.spyOn(FunctionWriter.prototype, 'repeat').mockImplementation(function (this: FunctionWriter, count, body) {
        return repeat.call(this, count > 2 ? count - 1 : count, body)
      }),
    'properties of kernels',
  ],
  'a lane lost in the last vector of a row': [
    () =>
      vi.spyOn(FunctionWriter.prototype, 'emit').mockImplementation(function (this: FunctionWriter, op, ...immediates) {
        return emit.call(this, op, ...(op === 'v128.store64_lane' ? [immediates[0]! + 4, 0] : immediates))
      }),
    'properties of kernels',
  ],
  'a group that overwrites what it still reads': [
    () => groups((found) => ({ ...found, inPlace: true })),
    'programs, compiled',
  ],
  'a stride of the wrong array': [
    () => {
      const find = Cursors.prototype.find
      vi.spyOn(Cursors.prototype, 'find').mockImplementation(function (this: Cursors, strides) {
        return find.call(
          this,
          strides.map((stride) => Math.min(stride, 4)),
        )
      })
    },
    'properties of kernels',
  ],
  'cursors that are not put back': [
    () => {
      const move = Cursors.prototype.move
      vi.spyOn(Cursors.prototype, 'move').mockImplementation(function (this: Cursors, steps) {
        return move.call(
          this,
          steps.filter(([, elements]) => elements > 0),
        )
      })
    },
    'properties of kernels',
  ],
  'a local that is taken twice': [
    () => {
      const first = new WeakMap<FunctionWriter, number>()
      vi.spyOn(FunctionWriter.prototype, 'take').mockImplementation(function (this: FunctionWriter, type) {
        const local = take.call(this, type)
        if (type !== 'v128') return local
        const shared = first.get(this)
        if (shared === undefined) first.set(this, local)
        return shared ?? local
      })
    },
    'programs, compiled',
  ],
  'less than for less than or equal': [() => instead('f32x4.le', 'f32x4.lt'), 'properties of kernels'],
  'a difference for a sum': [() => instead('f32x4.add', 'f32x4.sub'), 'golden values'],
  'the lower half of a vector counted twice': [
    () =>
      vi.spyOn(FunctionWriter.prototype, 'emit').mockImplementation(function (this: FunctionWriter, op, ...immediates) {
        const upper = op === 'i8x16.shuffle' && immediates[0] === 8 && immediates[8] === 8
        return emit.call(this, op, ...(upper ? immediates.map((lane) => lane - 8) : immediates))
      }),
    'properties of kernels',
  ],
  'a constant of a fused value forgotten': [
    () =>
      groups((found) => ({
        ...found,
        nests: found.nests.map((nest) => ({
          ...nest,
          nodes: nest.nodes.map((node) =>
            node.kind === 'constant' && nest.nodes.length > 1 ? { ...node, value: 0 } : node,
          ),
        })),
      })),
    'golden values',
  ],
  'a reduction over the axis beside': [
    () =>
      groups((found) => ({
        ...found,
        nests: found.nests.map((nest) =>
          nest.reduction !== undefined && nest.extents.length === 2
            ? { ...nest, store: { ...nest.store, strides: [...nest.store.strides].reverse() } }
            : nest,
        ),
      })),
    'properties of kernels',
  ],
  'blocks that overlap': [
    () => {
      const allocate = Heap.prototype.allocate
      vi.spyOn(Heap.prototype, 'allocate').mockImplementation(function (this: Heap, bytes) {
        return allocate.call(this, Math.max(0, bytes - 16))
      })
    },
    'programs, compiled',
  ],
}

/** The errors of the suite's tests whose path has these words in it, until there is one. */
async function firstError(words: string): Promise<string | undefined> {
  const tests = collectTests((runner) =>
    conformance({ name: 'mutant', create: () => wasm(), runner, seed: 1, runs: 20 }),
  )
  const meant = tests.filter(({ path }) => path.some((part) => part.includes(words)))
  expect(meant.length).toBeGreaterThan(0)
  for (const each of meant) {
    const error = await each.run().then(
      () => undefined,
      (reason: unknown) => String(reason),
    )
    if (error !== undefined) return error
  }
  return undefined
}

describe('the suite notices', () => {
  test.each(Object.entries(MUTANTS))('%s', { timeout: 120_000 }, async (_, [make, noticed]) => {
    make()
    expect(await firstError(noticed)).toBeDefined()
  })
})

test('without a mistake it notices nothing', { timeout: 120_000 }, async () => {
  expect(await firstError('programs, compiled')).toBeUndefined()
})
