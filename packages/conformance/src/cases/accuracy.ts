import {
  logSoftmax,
  logSumExp,
  matmul,
  mean,
  norm,
  softmax,
  standardDeviation,
  sum,
  transpose,
  variance,
  type KernelParams,
  type Tensor,
} from '@neurite/core'
import { checkClose } from '../check/compare.js'
import { evaluateOne, kernelOf, runKernel } from '../check/device.js'
import { summedUlps, TOLERANCE, type Tolerance } from '../check/tolerance.js'
import { host, type HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'
import { declares } from './capabilities.js'

// Long sums, whose roundings do not cancel: what is added up in a row in float32 is off by up to one rounding for each
// term, and here nearly is. The sums to compare with are made in doubles.

type Pattern = (i: number) => number

const PATTERNS: Readonly<Record<string, Pattern>> = {
  'one number': () => 0.1,
  'numbers far from 0': (i) => 1000 + (i % 10) / 10,
  'numbers of both signs': (i) => (i % 2 === 0 ? 100.3 : -100.1),
  'falling numbers': (i) => 1 / (i + 1),
}

/** [before, extent, after] of sums over the middle: primes, just beyond a power of 2, and what has many divisors. */
const SHAPES = [
  [1, 1031, 1],
  [2, 1031, 2],
  [1, 65537, 1],
  [2, 20000, 1],
  [1, 20000, 3],
] as const

const made = (shape: readonly number[], pattern: Pattern): HostArray =>
  host(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => pattern(i)),
  )

function total(count: number, term: (i: number) => number): number {
  let result = 0
  for (let i = 0; i < count; i++) result += term(i)
  return result
}

/** The contract's bound for a sum of so many terms, in numbers. */
const boundFor = (primitive: 'sum' | 'matmul' | 'cumsum', count: number): Exclude<Tolerance, string> => ({
  ulps: summedUlps(TOLERANCE[primitive] as Exclude<Tolerance, string>, count, 'float32'),
})

/** A reduction of [before, extent, after] over the middle, and the sum of the magnitudes of its terms. */
function sumsOf(x: HostArray): { sums: HostArray; terms: HostArray } {
  const [before, extent, after] = x.shape as [number, number, number]
  const over = (f: (value: number) => number): HostArray =>
    host(
      [before, after],
      Array.from({ length: before * after }, (_, place) =>
        total(extent, (k) => f(x.data[(Math.floor(place / after) * extent + k) * after + (place % after)]!)),
      ),
    )
  return { sums: over((value) => value), terms: over(Math.abs) }
}

/** Sums, products and running sums within the contract's bound, however long. */
export function accuracyCases(suite: Suite): void {
  suite.group('accuracy of long sums', () => {
    for (const [name, pattern] of Object.entries(PATTERNS)) {
      suite.test(`sum of ${name}`, async ({ backend, capabilities }) => {
        for (const shape of SHAPES) {
          const x = made(shape, pattern)
          const { sums, terms } = sumsOf(x)
          const got = await evaluateOne(backend, [x], (y) => sum(y, { axes: [1] }))
          const what = `sum of ${name} over the middle of [${shape.join(', ')}]`
          checkClose(what, got, sums, { tolerance: boundFor('sum', shape[1]), capabilities, terms })
        }
      })
    }

    suite.test('sum of a million', async ({ backend, capabilities }) => {
      const x = made([1, 1_000_003, 1], PATTERNS['one number']!)
      const { sums, terms } = sumsOf(x)
      const got = await evaluateOne(backend, [x], (y) => sum(y, { axes: [1] }))
      checkClose('sum of 1,000,003 numbers', got, sums, { tolerance: boundFor('sum', 1_000_003), capabilities, terms })
    })

    suite.test('sum over axes that are no neighbours', async ({ backend, capabilities }) => {
      const x = made([33, 3, 41, 2, 37], PATTERNS['numbers far from 0']!)
      const expected = Array.from({ length: 6 }, (_, place) =>
        total(33 * 41 * 37, (k) => {
          const [i, j, l] = [Math.floor(k / 41 / 37), Math.floor(k / 37) % 41, k % 37]
          return x.data[(((i * 3 + Math.floor(place / 2)) * 41 + j) * 2 + (place % 2)) * 37 + l]!
        }),
      )
      const got = await evaluateOne(backend, [x], (y) => sum(y, { axes: [0, 2, 4] }))
      checkClose('sum over axes 0, 2 and 4', got, host([3, 2], expected), {
        tolerance: boundFor('sum', 33 * 41 * 37),
        capabilities,
      })
    })

    suite.test('mean, variance, standardDeviation and norm', async ({ backend, capabilities }) => {
      const n = 20000
      const x = made([n], PATTERNS['numbers far from 0']!)
      const at = (i: number): number => x.data[i]!
      const average = total(n, at) / n
      const spread = total(n, (i) => (at(i) - average) ** 2) / n
      const ask = async (what: string, f: (y: Tensor) => Tensor, expected: number, floor = 0): Promise<void> => {
        const tolerance = { ...boundFor('sum', n), floor }
        checkClose(`${what} of 1000 + (i mod 10) / 10`, await evaluateOne(backend, [x], f), host([], [expected]), {
          tolerance,
          capabilities,
        })
      }
      await ask('mean', (y) => mean(y), average)
      // The mean's own rounding squared, and what x minus the mean loses.
      await ask('variance', (y) => variance(y), spread, 1)
      await ask('standardDeviation', (y) => standardDeviation(y), Math.sqrt(spread), 1)
      await ask('norm', (y) => norm(y), Math.sqrt(total(n, (i) => at(i) ** 2)))
    })

    suite.test('softmax, logSoftmax and logSumExp of many classes', async ({ backend, capabilities }) => {
      const n = 50_021
      const x = made([2, n], (i) => (i % 7) / 10)
      const row = (i: number, k: number): number => x.data[i * n + k]!
      const sums = [0, 1].map((i) => total(n, (k) => Math.exp(row(i, k))))
      const each = (f: (value: number, sum: number) => number): HostArray =>
        host(
          [2, n],
          Array.from({ length: 2 * n }, (_, place) => f(x.data[place]!, sums[Math.floor(place / n)]!)),
        )
      const tolerance = boundFor('sum', n)
      const compare = async (what: string, f: (y: Tensor) => Tensor, expected: HostArray): Promise<void> =>
        checkClose(what, await evaluateOne(backend, [x], f), expected, { tolerance, capabilities })
      await compare(
        'softmax',
        (y) => softmax(y),
        each((value, s) => Math.exp(value) / s),
      )
      await compare(
        'logSoftmax',
        (y) => logSoftmax(y),
        each((value, s) => value - Math.log(s)),
      )
      await compare('logSumExp', (y) => logSumExp(y, { axes: [1] }), host([2], sums.map(Math.log)))
    })

    suite.test('cumsum', async (context) => {
      if (!(await declares(context, 'cumsum', 'float32'))) return
      const { backend, capabilities } = context
      for (const [name, pattern] of Object.entries(PATTERNS)) {
        const n = 4099
        const x = made([2, n], pattern)
        for (const reverse of [false, true]) {
          const data = new Float64Array(2 * n)
          const terms = new Float64Array(2 * n)
          for (let step = 0; step < 2 * n; step++) {
            const place = reverse ? 2 * n - 1 - step : step
            const [before, first] = reverse ? [place + 1, (place + 1) % n === 0] : [place - 1, place % n === 0]
            data[place] = x.data[place]! + (first ? 0 : data[before]!)
            terms[place] = Math.abs(x.data[place]!) + (first ? 0 : terms[before]!)
          }
          const got = await runKernel(backend, kernelOf(backend, 'cumsum')!, [x], { axis: 1, reverse }, x)
          checkClose(`cumsum of ${name}${reverse ? ' from the end' : ''}`, got, host([2, n], data), {
            tolerance: boundFor('cumsum', n),
            capabilities,
            terms: host([2, n], terms),
          })
        }
      }
    })

    suite.test('matmul with a long inner axis', async ({ backend, capabilities }) => {
      for (const [m, k, n] of [
        [1, 100_003, 1],
        [3, 20_000, 2],
        [41, 2053, 27],
      ] as const) {
        const a = made([m, k], () => 0.1)
        const b = made([k, n], PATTERNS['numbers far from 0']!)
        const expected = host(
          [m, n],
          Array.from({ length: m * n }, (_, place) =>
            total(k, (i) => a.data[Math.floor(place / n) * k + i]! * b.data[i * n + (place % n)]!),
          ),
        )
        // The largest is to be too large for one batch of its parts; once is enough.
        const turns = m * n > 1024 ? [false] : [false, true]
        for (const turnA of turns) {
          for (const turnB of turns) {
            const got = await evaluateOne(backend, [a, b], (x, y) => product(x, y, turnA, turnB))
            checkClose(`matmul ${m}x${k}x${n}, transposed ${turnA}, ${turnB}`, got, expected, {
              tolerance: boundFor('matmul', k),
              capabilities,
            })
          }
        }
      }
    })

    suite.test('matmul of batches with a long inner axis', async ({ backend, capabilities }) => {
      const k = 4099
      const a = made([2, 2, k], (i) => 0.1 + (i % 3))
      const b = made([k, 3], PATTERNS['numbers far from 0']!)
      const expected = host(
        [2, 2, 3],
        Array.from({ length: 12 }, (_, place) =>
          total(k, (i) => a.data[Math.floor(place / 3) * k + i]! * b.data[i * 3 + (place % 3)]!),
        ),
      )
      const got = await evaluateOne(backend, [a, b], (x, y) => matmul(x, y))
      checkClose('matmul [2, 2, 4099] [4099, 3]', got, expected, { tolerance: boundFor('matmul', k), capabilities })
    })

    suite.test('conv2dFilterGradient over many places', checkFilterGradient)
  })
}

/** The same product, with an operand that is transposed in place and read transposed. */
function product(a: Tensor, b: Tensor, turnA: boolean, turnB: boolean): Tensor {
  return matmul(turnA ? transpose(a) : a, turnB ? transpose(b) : b, { transposeA: turnA, transposeB: turnB })
}

async function checkFilterGradient(context: Context): Promise<void> {
  if (!(await declares(context, 'conv2dFilterGradient', 'float32'))) return
  const [batch, size] = [3, 67]
  const x = made([batch, size, size, 1], () => 0.1)
  const upstream = made([batch, size - 1, size - 1, 2], (i) => 1.1 + (i % 2))
  const params: KernelParams<'conv2dFilterGradient'> = {
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
    filterShape: [2, 2, 1, 2],
  }
  const places = batch * (size - 1) ** 2
  const sums = [0, 1].map((out) => total(places, (i) => x.data[0]! * upstream.data[2 * i + out]!))
  const expected = host(
    params.filterShape,
    Array.from({ length: 8 }, (_, place) => sums[place % 2]!),
  )
  const kernel = kernelOf(context.backend, 'conv2dFilterGradient')!
  const got = await runKernel(context.backend, kernel, [x, upstream], params, {
    shape: params.filterShape,
    dtype: 'float32',
  })
  checkClose(`conv2dFilterGradient over ${places} places`, got, expected, {
    tolerance: boundFor('matmul', places),
    capabilities: context.capabilities,
  })
}
