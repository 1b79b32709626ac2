import { compile, tidy, vjp, type DType, type Tensor } from '@neurite/core'
import { checkClose } from '../check/compare.js'
import { download, upload } from '../check/device.js'
import { GOLDEN, GOLDEN_COARSE } from '../check/tolerance.js'
import { callGolden } from '../golden/calls.js'
import { expectedOf, goldenOps, inputOf, type GoldenOp } from '../golden/files.js'
import type { Context, Suite } from '../suite.js'

/** Values and gradients of every function in golden/ops.json, eager and compiled. */
export function goldenOpCases(suite: Suite): void {
  suite.group('golden values and gradients', () => {
    for (const dtype of ['float64', 'float32'] as const) {
      for (const name of new Set(goldenOps.map((golden) => golden.name))) {
        const cases = goldenOps.filter((golden) => golden.name === name)
        suite.test(
          `${name} ${dtype}`,
          async (context) => {
            for (const [i, golden] of cases.entries()) {
              const where = `golden ${name} #${i} ${JSON.stringify(golden.attrs)} of ${golden.inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}`
              await checkGolden(context, where, golden, dtype, computeGolden(golden))
              await checkGolden(context, `compiled ${where}`, golden, dtype, compile(computeGolden(golden)))
            }
          },
          { golden: cases.length },
        )
      }
    }
  })
}

type Compute = { (xs: Tensor[], upstream: Tensor[]): Tensor[]; dispose?(): void }

/** The value, and the gradients where the case has them. */
function computeGolden({ name, attrs }: GoldenOp): Compute {
  return (xs, [upstream]) =>
    tidy(() => {
      const f = (...inputs: Tensor[]): Tensor => callGolden(name, inputs, attrs)
      if (upstream === undefined) return [f(...xs)]
      const [value, pullback] = vjp(f, ...xs)
      const gradients = pullback(upstream)
      pullback.dispose()
      return [value, ...gradients]
    })
}

async function checkGolden(
  { backend, capabilities }: Context,
  where: string,
  golden: GoldenOp,
  dtype: DType,
  compute: Compute,
): Promise<void> {
  const xs = golden.inputs.map((x) => upload(backend, inputOf(x, dtype)))
  const upstream = golden.upstream === undefined ? [] : [upload(backend, inputOf(golden.upstream, dtype))]
  const results = compute(xs, upstream)
  const expected = [golden.output, ...(golden.gradients ?? [])]
  const comparison = {
    tolerance: dtype === 'float64' ? (GOLDEN_COARSE[golden.name] ?? GOLDEN.float64) : GOLDEN.float32,
    capabilities,
  }
  for (const [i, tensor] of expected.entries()) {
    if (tensor === null) continue
    checkClose(
      `${where}: ${i === 0 ? 'value' : `gradient ${i - 1}`}`,
      await download(results[i]!),
      expectedOf(tensor, dtype),
      comparison,
    )
  }
  for (const x of [...xs, ...upstream, ...results]) x.dispose()
  compute.dispose?.()
}
