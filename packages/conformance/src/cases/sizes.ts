import { fill, fillIndices } from '../arbitrary/values.js'
import { exp, matmul, type DType } from '@neurite/core'
import { checkClose } from '../check/compare.js'
import { evaluateOne } from '../check/device.js'
import { host, type HostArray } from '../reference/host.js'
import type { Suite } from '../suite.js'
import { declares } from './capabilities.js'
import { checkKernel } from './primitives.js'

/** [m, k, n]: one, odd, and just beyond what tiles and vector registers hold. */
const PRODUCTS = [
  [1, 1, 1],
  [1, 257, 1],
  [3, 1, 3],
  [17, 257, 33],
  [65, 129, 130],
  [2, 3, 257],
  [129, 5, 1],
  [1, 64, 96],
  [31, 32, 33],
  [64, 64, 64],
  [8, 300, 8],
] as const

const SLICES = [[257], [17, 33], [3, 257], [257, 3], [5, 17, 13], [1031]] as const

/**
 * Large and odd extents, which are no multiple of anything: where tiles, unrolled loops and vector registers have
 * their ends.
 */
export function sizeCases(suite: Suite): void {
  suite.group('large and odd sizes', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [m, k, n] of PRODUCTS) {
        suite.test(`matmul ${m}x${k}x${n} ${dtype}`, async (context) => {
          if (!(await declares(context, 'matmul', dtype))) return
          for (const transposeA of [false, true]) {
            for (const transposeB of [false, true]) {
              const inputs = [
                fill(transposeA ? [k, m] : [m, k], dtype, 1),
                fill(transposeB ? [n, k] : [k, n], dtype, 2),
              ]
              await checkKernel(context, 'matmul', { inputs, params: { transposeA, transposeB } })
            }
          }
        })
      }
    }

    suite.test('matmul of batches', async (context) => {
      if (!(await declares(context, 'matmul', 'float32'))) return
      for (const [p, q] of [
        [
          [3, 17, 9],
          [9, 33],
        ],
        [
          [5, 1, 7, 9],
          [3, 9, 17],
        ],
        [
          [17, 9],
          [4, 9, 5],
        ],
        [
          [0, 4, 3],
          [3, 2],
        ],
      ] as const) {
        await checkKernel(context, 'matmul', {
          inputs: [fill(p, 'float32', 3), fill(q, 'float32', 4)],
          params: { transposeA: false, transposeB: false },
        })
      }
    })

    // Devices pack elements into vectors. What a kernel leaves behind an odd extent must not enter the next one's sums;
    // operands that come from the host have zeros there.
    suite.test('matmul of computed operands', async ({ backend, capabilities }) => {
      for (const inner of [1, 3, 5, 301]) {
        const [a, b] = [fill([50, inner], 'float32', 12), fill([inner, 50], 'float32', 13)]
        const got = await evaluateOne(backend, [a, b], (x, y) => matmul(exp(x), exp(y)))
        checkClose(`matmul(exp(a), exp(b)) 50x${inner}x50`, got, productOfExponentials(a, b), {
          tolerance: { ulps: 64 },
          capabilities,
        })
      }
    })

    suite.test('convolutions', async (context) => {
      for (const [image, filter, stride] of [
        [[2, 17, 19, 3], [5, 3, 3, 17], 1],
        [[1, 33, 9, 5], [3, 3, 5, 9], 2],
        [[3, 7, 7, 16], [1, 1, 16, 33], 1],
      ] as const) {
        const params = {
          strides: [stride, stride],
          padding: [
            [1, 1],
            [1, 0],
          ],
        } as const
        const outer = [
          image[0],
          ...([0, 1] as const).map(
            (i) => Math.floor((image[i + 1]! + params.padding[i][0] + params.padding[i][1] - filter[i]) / stride) + 1,
          ),
          filter[3],
        ]
        const [x, f, u] = [fill(image, 'float32', 5), fill(filter, 'float32', 6), fill(outer, 'float32', 7)]
        if (await declares(context, 'conv2d', 'float32'))
          await checkKernel(context, 'conv2d', { inputs: [x, f], params })
        if (await declares(context, 'conv2dInputGradient', 'float32'))
          await checkKernel(context, 'conv2dInputGradient', {
            inputs: [u, f],
            params: { ...params, inputShape: image },
          })
        if (await declares(context, 'conv2dFilterGradient', 'float32'))
          await checkKernel(context, 'conv2dFilterGradient', {
            inputs: [x, u],
            params: { ...params, filterShape: filter },
          })
      }
    })

    for (const dtype of ['float32', 'int32'] as const) {
      suite.test(`elementwise, reductions and movement ${dtype}`, async (context) => {
        for (const shape of SLICES) await checkShape(context, shape, dtype)
      })
    }

    // So much that a device with threads or work groups gives each of them a part; the last one is smaller.
    suite.test('work that is shared out', async (context) => {
      const check = checking(context, 'float32')
      const x = fill([701, 503], 'float32', 14)
      const image = fill([9, 44, 40, 9], 'float32', 15)
      const pooling = {
        window: [2, 2],
        strides: [2, 2],
        padding: [
          [0, 0],
          [0, 0],
        ],
      } as const
      await check('exp', { inputs: [fill([300_007], 'float32', 16)], params: {} })
      await check('add', { inputs: [x, fill([503], 'float32', 17)], params: {} })
      await check('mul', { inputs: [fill([701, 1], 'float32', 18), x], params: {} })
      await check('sum', { inputs: [x], params: { axes: [0], keepDims: false } })
      await check('max', { inputs: [x], params: { axes: [1], keepDims: false } })
      await check('maxPool2d', { inputs: [image], params: pooling })
      await check('avgPool2d', { inputs: [image], params: pooling })
    })
  })
}

function productOfExponentials(a: HostArray, b: HostArray): HostArray {
  const [rows = 0, inner = 0] = a.shape
  const columns = b.shape[1] ?? 0
  const elements = Array.from({ length: rows * columns }, (_, place) => {
    const [i, j] = [Math.floor(place / columns), place % columns]
    let total = 0
    for (let k = 0; k < inner; k++) total += Math.exp(a.data[i * inner + k]! + b.data[k * columns + j]!)
    return total
  })
  return host([rows, columns], elements, 'float32')
}

/** Checks the kernels that the device declares for this dtype. */
function checking(context: Parameters<typeof declares>[0], dtype: DType) {
  return async <P extends Parameters<typeof checkKernel>[1]>(
    primitive: P,
    call: Parameters<typeof checkKernel<P>>[2],
  ): Promise<void> => {
    if (await declares(context, primitive, dtype)) await checkKernel(context, primitive, call)
  }
}

async function checkShape(
  context: Parameters<typeof declares>[0],
  shape: readonly number[],
  dtype: DType,
): Promise<void> {
  const x = fill(shape, dtype, 8)
  const y = fill(shape, dtype, 9)
  const last = shape.length - 1
  const column = fill([...shape.slice(0, -1), 1], dtype, 10)
  const check = checking(context, dtype)
  await check('add', { inputs: [x, y], params: {} })
  await check('sub', { inputs: [x, column], params: {} })
  await check('mul', { inputs: [column, x], params: {} })
  await check('sum', { inputs: [x], params: { axes: [0], keepDims: false } })
  await check('sum', { inputs: [x], params: { axes: [last], keepDims: true } })
  await check('max', { inputs: [x], params: { axes: [last], keepDims: false } })
  await check('argMax', { inputs: [x], params: { axis: last } })
  await check('cumsum', { inputs: [x], params: { axis: last, reverse: false } })
  await check('transpose', { inputs: [x], params: { axes: shape.map((_, i) => last - i) } })
  await check('concat', { inputs: [x, y, x], params: { axis: last } })
  await check('slice', { inputs: [x], params: { begin: shape.map(() => 1), size: shape.map((n) => n - 2) } })
  await check('pad', { inputs: [x], params: { paddings: shape.map(() => [1, 2] as const), value: 0 } })
  await check('gather', { inputs: [x, fillIndices([19], shape[last]!, 11)], params: { axis: last } })
}
