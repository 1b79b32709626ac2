import { compile, erfc, gelu, grad, sum, tidy, type DType, type Tensor } from '@neurite/core'
import { checkClose, type Comparison } from '../check/compare.js'
import { download, upload } from '../check/device.js'
import { host, storageFor, type HostArray } from '../reference/host.js'
import { erfc as exactErfc } from '../reference/special.js'
import type { Context, Suite } from '../suite.js'

// Far from 0 these functions are small numbers, which a formula that cancels (1 - erf x, 1 + erf x) makes 0. So each result is compared with
// itself, not with 1; and the first and second derivative with it.

interface Tail {
  readonly name: string
  readonly f: (x: Tensor) => Tensor
  /** Where it is tried: float32 has no smaller results, float64 does. */
  readonly at: { readonly float32: readonly number[]; readonly float64: readonly number[] }
  /** The value, the first and the second derivative. */
  readonly exact: readonly ((x: number) => number)[]
}

const bell = (x: number): number => Math.exp(-x * x)
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
const below = (x: number): number => exactErfc(-x * Math.SQRT1_2) / 2

const TAILS: readonly Tail[] = [
  {
    name: 'erfc',
    f: erfc,
    at: { float32: [-3, 0.4, 1, 2, 3, 4, 5, 6.5, 8, 8.9], float64: [5, 8, 9.2, 13, 20, 26] },
    exact: [exactErfc, (x) => (-2 / Math.sqrt(Math.PI)) * bell(x), (x) => ((4 * x) / Math.sqrt(Math.PI)) * bell(x)],
  },
  {
    name: 'gelu',
    f: (x) => gelu(x),
    at: { float32: [-1, -2, -4, -6, -8, -10, -12, 5, 12], float64: [-4, -6, -8, -10, -12, -20, -30, -37] },
    exact: [(x) => x * below(x), (x) => below(x) + x * density(x), (x) => (2 - x * x) * density(x)],
  },
]

/** Small results far out, with relative digits. */
export function tailCases(suite: Suite): void {
  suite.group('digits far out', () => {
    for (const tail of TAILS)
      for (const dtype of ['float32', 'float64'] as const)
        suite.test(`${tail.name} ${dtype}`, (context) => checkTail(context, tail, dtype))
  })
}

async function checkTail(
  { backend, capabilities }: Context,
  { name, f, at, exact }: Tail,
  dtype: 'float32' | 'float64',
): Promise<void> {
  // Half precision has nothing so small.
  if (dtype === 'float32' && capabilities.float32Precision === 16) return
  const points = numbers(dtype, at[dtype])
  const first = grad((x: Tensor) => sum(f(x)))
  const second = grad((x: Tensor) => sum(first(x)))
  const compute = (x: Tensor): Tensor[] => [f(x), first(x), second(x)]
  const compiled = compile(compute)
  const x = upload(backend, points)
  for (const [how, results] of [
    ['eager', tidy(() => compute(x))],
    ['compiled', compiled(x)],
  ] as const) {
    for (const [order, result] of results.entries()) {
      const got = await download(result)
      result.dispose()
      for (const [i, point] of points.data.entries()) {
        const one = (data: HostArray['data']): HostArray => numbers(dtype, [data[i]!])
        const expected = numbers(dtype, [exact[order]!(point)])
        const what = `${how} ${['value', 'first derivative', 'second derivative'][order]!} of ${name} at ${point}`
        checkClose(what, one(got.data), expected, { tolerance: toleranceAt(point), capabilities })
      }
    }
  }
  x.dispose()
  compiled.dispose()
}

/** The rounding of an argument, which a power of e multiplies by it: here of -x^2, by which all of these results fall. */
function toleranceAt(x: number): Comparison['tolerance'] {
  return { ulps: 64 + 4 * x * x }
}

function numbers(dtype: DType, values: readonly number[]): HostArray {
  const data = storageFor(dtype, values.length)
  data.set(values)
  return host([values.length], Array.from(data), dtype)
}
