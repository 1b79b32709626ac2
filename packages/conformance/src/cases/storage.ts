import { sizeOf, tensor, type DType } from '@neurite/core'
import { fill, type Palette } from '../arbitrary/values.js'
import { check, checkClose, checkEqual } from '../check/compare.js'
import { evaluateOne } from '../check/device.js'
import { elementCount, host, type HostArray } from '../reference/host.js'
import type { Suite } from '../suite.js'

const SHAPES = [[], [1], [0], [3, 0, 2], [257], [2, 3, 5]] as const
const EXTREMES: Readonly<Record<DType, readonly number[]>> = {
  float32: [NaN, Infinity, -Infinity, -0, 3.4028234663852886e38, -1.1754943508222875e-38, 2 ** 24 + 2],
  float64: [NaN, Infinity, -Infinity, -0, Number.MAX_VALUE, -2.2250738585072014e-308, 2 ** 53 - 1],
  int32: [2 ** 31 - 1, -(2 ** 31), 0, -1, 2 ** 24 + 1],
  bool: [1, 0, 0, 1],
}

/** Data going in and out: every bit, copies on both sides, and what `memory` and `dispose` say. */
export function storageCases(suite: Suite): void {
  suite.group('storage', () => {
    for (const dtype of ['float32', 'float64', 'int32', 'bool'] as const) {
      suite.test(`upload and read keep every element ${dtype}`, async ({ backend, capabilities }) => {
        const palette: Palette = 'special'
        const arrays: HostArray[] = [
          ...SHAPES.map((shape, i) => fill(shape, dtype, i, palette)),
          host([EXTREMES[dtype].length], EXTREMES[dtype], dtype),
        ]
        for (const x of arrays) {
          checkClose(
            `upload and read of ${dtype}[${x.shape.join(', ')}]`,
            await evaluateOne(backend, [x], (y) => y),
            x,
            { tolerance: 'exact', capabilities },
          )
        }
      })
    }

    suite.test('upload copies', async ({ backend }) => {
      const data = Float32Array.of(1, 2, 3)
      const x = tensor(data, { backend })
      data.fill(9)
      checkEqual('after the source changed', await x.data(), [1, 2, 3])
      x.dispose()
    })

    suite.test('read copies', async ({ backend, capabilities }) => {
      const x = tensor([1, 2, 3], { backend })
      const first = await x.data()
      first.fill(9)
      checkEqual('after what was read changed', await x.data(), [1, 2, 3])
      if (capabilities.syncRead) {
        x.dataSync().fill(9)
        checkEqual('after what was read at once changed', x.dataSync(), [1, 2, 3])
      }
      x.dispose()
    })

    suite.test('uploading a part of a buffer takes that part', async ({ backend }) => {
      const x = tensor(new Float32Array([0, 1, 2, 3, 4]).subarray(2, 4), { backend })
      checkEqual('the part', await x.data(), [2, 3])
      x.dispose()
    })

    suite.test('memory counts storages and their bytes', ({ backend }) => {
      const before = backend.memory()
      const held = SHAPES.map((shape) => tensor(new Float32Array(sizeOf(shape)), { shape, backend }))
      const during = backend.memory()
      const bytes = 4 * SHAPES.reduce((total, shape) => total + elementCount(shape), 0)
      checkEqual('buffers', during.buffers - before.buffers, held.length)
      check(
        during.bytes - before.bytes >= bytes,
        () => `memory: bytes grew by ${during.bytes - before.bytes}, expected at least ${bytes}`,
      )
      for (const x of held) x.dispose()
      checkEqual('memory after release', backend.memory(), before)
    })

    suite.test('dispose frees everything, and release stays harmless', async ({ create }) => {
      const own = await create()
      const x = tensor([1, 2, 3], { backend: own })
      own.dispose()
      checkEqual('memory after dispose', own.memory(), { buffers: 0, bytes: 0 })
      x.dispose()
      checkEqual('memory after a late release', own.memory(), { buffers: 0, bytes: 0 })
    })

    suite.test('two backends live side by side', async ({ backend, create }) => {
      const own = await create()
      const x = tensor([1, 2, 3], { backend })
      const y = tensor([4, 5], { backend: own })
      checkEqual('on the one', await x.data(), [1, 2, 3])
      checkEqual('on the other', await y.data(), [4, 5])
      y.dispose()
      own.dispose()
      checkEqual('on the one, after the other has gone', await x.data(), [1, 2, 3])
      x.dispose()
    })
  })
}
