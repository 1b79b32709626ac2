import {
  add,
  argMax,
  compile,
  concat,
  cumsum,
  full,
  gather,
  grad,
  greater,
  matmul,
  maximum,
  mean,
  mul,
  pad,
  relu,
  reshape,
  slice,
  softmax,
  stopGradient,
  sub,
  sum,
  tanh,
  tidy,
  transpose,
  where,
  type Backend,
  type Tensor,
} from '@neurite/core'
import fc from 'fast-check'
import { fill } from '../arbitrary/values.js'
import { checkClose, checkEqual } from '../check/compare.js'
import { download, upload } from '../check/device.js'
import { interpreted } from '../check/spy.js'
import { COMPOSED } from '../check/tolerance.js'
import type { HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'

const SHAPE = [3, 4]

/** A step of a random program: makes one more value from three earlier ones. Everything stays [3, 4] and small. */
type StepKind = readonly [name: string, step: (a: Tensor, b: Tensor, c: Tensor, inputs: readonly Tensor[]) => Tensor]

const STEPS: readonly StepKind[] = [
  ['add', (a, b) => tanh(add(a, b))],
  ['mul', (a, b) => mul(a, tanh(b))],
  ['center', (a, b) => sub(a, mean(b, { axes: [1], keepDims: true }))],
  ['column', (a, b) => maximum(a, sum(tanh(b), { axes: [0], keepDims: true }))],
  ['turn', (a) => reshape(transpose(a), SHAPE)],
  ['fold', (a) => reshape(reshape(a, [12]), SHAPE)],
  ['product', (a, b, c) => mul(matmul(matmul(tanh(a), tanh(b), { transposeB: true }), tanh(c)), 0.1)],
  // Choices are made by the inputs, which are exact: rounding must not decide what is chosen.
  ['choose', (a, b, _, [x, y]) => where(greater(x!, y!), a, b)],
  ['pick', (a, _, __, [x]) => gather(a, argMax(slice(x!, { begin: [0, 0], size: [3, 3] }), { axis: 1 }), { axis: 0 })],
  ['shift', (a, b) => slice(concat([a, b], { axis: 0 }), { begin: [1, 0], size: SHAPE })],
  [
    'frame',
    (a) =>
      pad(slice(a, { begin: [1, 1], size: [2, 2] }), {
        paddings: [
          [0, 1],
          [1, 1],
        ],
        value: 0.25,
      }),
  ],
  ['softmax', (a) => softmax(a, { axis: 0 })],
  ['cumsum', (a) => mul(cumsum(a, { axis: 1 }), 0.25)],
  ['constant', (a) => sub(full(SHAPE, 0.5, { backend: a.backend }), a)],
  ['relu', (a, b) => add(relu(a), stopGradient(b))],
  ['gradient', (a, b) => grad((x: Tensor) => sum(tanh(mul(x, b))))(tanh(a))],
]

interface RandomProgram {
  /** For each step its kind and the three values it takes, as draws. */
  readonly steps: readonly { readonly kind: number; readonly from: readonly [number, number, number] }[]
  /** Which values come out; may repeat, may be inputs. */
  readonly outputs: readonly number[]
  readonly donate: readonly number[]
  readonly start: number
}

const draw = fc.nat({ max: 999 })
const randomProgram: fc.Arbitrary<RandomProgram> = fc.record({
  steps: fc.array(fc.record({ kind: fc.nat({ max: STEPS.length - 1 }), from: fc.tuple(draw, draw, draw) }), {
    minLength: 1,
    maxLength: 10,
    size: 'max',
  }),
  outputs: fc.array(draw, { minLength: 1, maxLength: 4, size: 'max' }),
  donate: fc.subarray([0, 1]),
  start: fc.nat({ max: 2 ** 31 - 1 }),
})

function run({ steps, outputs }: RandomProgram, inputs: readonly Tensor[]): Tensor[] {
  const values = [...inputs]
  for (const { kind, from } of steps) {
    const [a, b, c] = from.map((place) => values[place % values.length]!) as [Tensor, Tensor, Tensor]
    values.push(STEPS[kind]![1](a, b, c, inputs))
  }
  return outputs.map((place) => values[place % values.length]!)
}

/** Random programs: what comes out compiled, interpreted and eager is the same, and nothing is left behind. */
export function randomProgramProperties(suite: Suite): void {
  suite.group('random programs', () => {
    for (const [path, choose] of [
      ['compiled', (backend: Backend) => backend],
      ['interpreted', interpreted],
    ] as const) {
      suite.property(`${path} equals eager`, randomProgram, async (context, program) =>
        checkProgram(context, choose(context.backend), path, program),
      )
    }
  })
}

async function checkProgram(
  { capabilities }: Context,
  backend: Backend,
  path: string,
  program: RandomProgram,
): Promise<void> {
  const before = backend.memory()
  const name = `${path} ${program.steps.map(({ kind, from }) => `${STEPS[kind]![0]}(${from.join(', ')})`).join(' ')} -> ${program.outputs.join(', ')}, donating ${program.donate.join(', ')}`
  const compiled = compile((x: Tensor, y: Tensor) => run(program, [x, y]), { donate: program.donate })
  for (let call = 0; call < 2; call++) {
    const inputs = [fill(SHAPE, 'float32', program.start + call), fill(SHAPE, 'float32', program.start + call + 1)]
    const xs = inputs.map((x) => upload(backend, x))
    const eager = tidy(() => run(program, xs))
    const expected: HostArray[] = []
    for (const x of eager) expected.push(await download(x))
    for (const x of [...xs, ...eager]) x.dispose()
    const [x, y] = inputs.map((input) => upload(backend, input))
    const results = compiled(x!, y!)
    for (const [i, each] of expected.entries())
      checkClose(`${name}: output ${i} of call ${call}`, await download(results[i]!), each, {
        tolerance: { ...COMPOSED, floor: 4 },
        capabilities,
      })
    for (const each of [x!, y!, ...results]) each.dispose()
  }
  compiled.dispose()
  checkEqual(`${name}: memory`, backend.memory(), before)
}
