import {
  add,
  compile,
  concat,
  findNonFinite,
  fold,
  grad,
  key,
  matmul,
  mul,
  PRIMITIVE_NAMES,
  randomUniform,
  relu,
  reshape,
  slice,
  sub,
  sum,
  tanh,
  tensor,
  tidy,
  trace,
  transpose,
  vjp,
  zeros,
  type Backend,
  type Key,
  type Tensor,
} from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import { fill } from '../arbitrary/values.js'
import { check, checkClose, checkEqual } from '../check/compare.js'
import { download, evaluateOne, upload } from '../check/device.js'
import { interpreted } from '../check/spy.js'
import { COMPOSED, TOLERANCE, type Tolerance } from '../check/tolerance.js'
import { build, type HostArray } from '../reference/host.js'
import type { Suite } from '../suite.js'
import { doors, KEY } from './doors.js'

/**
 * A program runs in the backend's own way, if it has one, and in core's, kernel by kernel. Both must do what eager
 * code does.
 */
const PATHS: readonly (readonly [string, (backend: Backend) => Backend])[] = [
  ['compiled', (backend) => backend],
  ['interpreted', interpreted],
]

/** Other numbers of the same kind, for a second call. */
function reversed(x: HostArray): HostArray {
  return { ...x, data: x.data.slice().reverse() }
}

/** A fused chain rounds less often than the same chain run one by one. */
function leastExact(tolerance: Tolerance): Tolerance {
  return typeof tolerance === 'string' ? tolerance : COMPOSED
}

async function values(xs: readonly Tensor[]): Promise<number[][]> {
  const all: number[][] = []
  for (const x of xs) all.push(Array.from(await x.data()))
  return all
}

/** compile(f) is f. */
export function programCases(suite: Suite): void {
  for (const [path, choose] of PATHS) {
    suite.group(`programs, ${path}`, () => {
      for (const primitive of PRIMITIVE_NAMES) {
        suite.test(`${primitive} equals eager`, async ({ backend: base, capabilities }) => {
          const backend = choose(base)
          const { inputs, run, draw } = doors[primitive]
          // A compiled function takes its key as an argument.
          const f = (random: Key, ...xs: Tensor[]): Tensor => (draw === undefined ? run(...xs) : draw(random, xs[0]!))
          const compiled = compile(f)
          const donating = compile(f, { donate: inputs.map((_, i) => i + 1) })
          const comparison = { tolerance: leastExact(TOLERANCE[primitive]), capabilities }
          const before = backend.memory()

          const other = inputs.map((x) => (x.dtype === 'int32' ? x : reversed(x)))
          const expected = await evaluateOne(backend, inputs, run)
          const expectedOther = await evaluateOne(backend, other, run)
          const xs = inputs.map((x) => upload(backend, x))
          const ys = other.map((x) => upload(backend, x))
          const first = compiled(KEY, ...xs)
          const second = compiled(KEY, ...ys)
          checkClose(`compiled ${primitive}`, await download(first), expected, comparison)
          checkClose(`compiled ${primitive}, second call`, await download(second), expectedOther, comparison)
          for (const [i, x] of xs.entries())
            checkClose(`input ${i} of compiled ${primitive} after the call`, await download(x), inputs[i]!, {
              tolerance: 'exact',
              capabilities,
            })
          const third = donating(KEY, ...xs)
          const fourth = donating(KEY, ...ys)
          checkClose(`compiled ${primitive} with donated inputs`, await download(third), expected, comparison)
          checkClose(
            `compiled ${primitive} with donated inputs, second call`,
            await download(fourth),
            expectedOther,
            comparison,
          )
          checkClose(
            `compiled ${primitive}: the first result, after other calls`,
            await download(first),
            expected,
            comparison,
          )
          for (const x of [...xs, ...ys, first, second, third, fourth]) x.dispose()
          compiled.dispose()
          donating.dispose()
          checkEqual(`memory after compiled ${primitive}`, backend.memory(), before)
        })
      }

      suite.test('all primitives are reached', ({ backend: base }) => {
        const backend = choose(base)
        const optional = ['random', 'softmax', 'logSoftmax']
        for (const primitive of PRIMITIVE_NAMES) {
          const { inputs, run } = doors[primitive]
          const xs = inputs.map((x) => upload(backend, x))
          const used = trace((...ys: Tensor[]) => run(...ys))(...xs).instructions.map(
            (instruction) => instruction.primitive,
          )
          for (const x of xs) x.dispose()
          check(
            used.includes(primitive) || (optional.includes(primitive) && !(primitive in backend.kernels)),
            () => `the call for ${primitive} runs ${used.join(', ')}`,
          )
        }
      })

      const x = fill([3, 4], 'float32', 1)
      const y = fill([3, 4], 'float32', 2)
      type Body = (...xs: Tensor[]) => Tensor[]

      /** Compares a compiled function with the function itself, call after call, with and without donation. */
      const agrees = (
        name: string,
        inputs: readonly HostArray[],
        f: Body,
        donate: readonly number[] = [],
        calls = 2,
      ): void =>
        suite.test(name, async ({ backend: base, capabilities }) => {
          const backend = choose(base)
          const before = backend.memory()
          const compiled = compile(f, { donate })
          for (let call = 0; call < calls; call++) {
            const given = inputs.map((each) => (call % 2 === 0 ? each : reversed(each)))
            const eagerInputs = given.map((each) => upload(backend, each))
            const eager = tidy(() => f(...eagerInputs))
            const expected: HostArray[] = []
            for (const each of eager) expected.push(await download(each))
            for (const each of [...eagerInputs, ...eager]) each.dispose()
            const compiledInputs = given.map((each) => upload(backend, each))
            const results = compiled(...compiledInputs)
            for (const [i, each] of expected.entries())
              checkClose(`${name}: output ${i} of call ${call}`, await download(results[i]!), each, {
                tolerance: COMPOSED,
                capabilities,
              })
            for (const each of [...compiledInputs, ...results]) each.dispose()
          }
          compiled.dispose()
          checkEqual(`${name}: memory`, backend.memory(), before)
        })

      agrees('outputs come in their order', [x, y], (a, b) => [sub(a, b), add(a, b), mul(a, b), sub(b, a)])
      agrees('outputs come in their order, donated', [x, y], (a, b) => [sub(a, b), add(a, b), sub(b, a)], [0, 1])
      agrees('one value as two outputs', [x], (a) => {
        const s = tanh(a)
        return [s, s]
      })
      agrees('a value and a reshape of it as outputs', [x], (a) => {
        const s = tanh(a)
        return [reshape(s, [12]), s, reshape(s, [2, 6])]
      })
      agrees('an output that is read once more', [x], (a) => {
        const s = tanh(a)
        return [s, add(s, 1)]
      })
      agrees('inputs passed through', [x, y], (a, b) => [b, a, add(a, b)])
      agrees('donated inputs passed through', [x, y], (a, b) => [b, reshape(a, [12]), add(a, b)], [0, 1])
      agrees('inputs swapped in place', [x, y], (a, b) => [add(b, 1), add(a, 1)], [0, 1])
      agrees(
        'a donated input that is read late',
        [x, y],
        (a, b) => [add(a, 1), mul(a, b), matmul(a, b, { transposeB: true })],
        [0],
      )
      agrees('a donated input that is not used', [x, y], (_, b) => [add(b, 1)], [0])
      agrees('a constant output', [x], (a) => [zeros([2, 2], { backend: a.backend }), a])
      agrees('values that live through many buffers', [x, y], (a, b) => {
        const chain = [a]
        for (let i = 0; i < 12; i++) chain.push(tanh(add(mul(chain.at(-1)!, 0.5), b)))
        return [add(chain[1]!, chain.at(-1)!), chain[3]!, sub(chain[6]!, chain[2]!)]
      })
      agrees(
        'transposes and slices that may not overlap',
        [x, y],
        (a, b) => [
          transpose(slice(concat([transpose(a), transpose(b)], { axis: 1 }), { begin: [1, 1], size: [3, 4] })),
        ],
        [0, 1],
      )
      agrees('empty and 0-d tensors', [fill([0, 3], 'float32', 3), fill([], 'float32', 4)], (a, b) => [
        add(a, b),
        sum(a, { axes: [0] }),
        sum(b),
        matmul(a, transpose(a)),
      ])
      agrees('gradients inside', [x, y], (a, b) => [grad((z: Tensor) => sum(tanh(mul(z, b))))(a)])
      agrees('a pullback inside, its value used after it was disposed', [x, y], (a, b) => {
        const [value, pullback] = vjp((z) => tanh(mul(z, b)), a)
        const [gradient] = pullback(b)
        pullback.dispose()
        return [mul(value, 2), gradient!]
      })
      // What backends fuse: each alone, and where something else reads a part of it.
      const w = fill([4, 2], 'float32', 5)
      const v = fill([2], 'float32', 6)
      agrees('products with a bias', [x, w, v, fill([3, 2], 'float32', 7)], (a, b, bias, wide) => {
        const shared = matmul(mul(a, 2), b)
        return [
          add(matmul(a, b), bias),
          add(bias, shared),
          shared,
          add(matmul(sub(a, 1), b), wide),
          add(matmul(tanh(a), b), sum(bias)),
          add(matmul(add(a, 1), b), matmul(sub(a, 2), b)),
        ]
      })
      const image = fill([2, 5, 4, 2], 'float32', 8)
      const filter = fill([3, 3, 2, 3], 'float32', 9)
      agrees('a convolution with a bias', [image, filter, fill([3], 'float32', 10)], (a, b, bias) => [
        add(conv2d(a, b, { padding: 'same' }), bias),
        relu(add(conv2d(a, b, { strides: 2 }), bias)),
      ])
      const special = { ...x, data: Float32Array.of(0, -0, NaN, Infinity, -Infinity, 1e38, -1e38, 2e-38, 1, 2, 3, 4) }
      agrees('scaled sums, with values that are not finite', [special, y, v], (a, b, scales) => [
        add(b, mul(a, -0.1)),
        add(mul(0.5, a), b),
        add(mul(b, 1e30), a),
        add(mul(a, 0), b),
        add(mul(b, 0.1), slice(a, { begin: [1, 0], size: [1, 4] })),
        sub(a, mul(b, 0.1)),
        add(a, mul(b, sum(scales))),
      ])
      agrees('ten calls in turn', [x, y], (a, b) => [tanh(add(a, b)), sum(mul(a, b))], [1], 10)

      suite.test('captured tensors are read, kept and given back', async ({ backend: base, capabilities }) => {
        const backend = choose(base)
        const before = backend.memory()
        const captured = upload(backend, y)
        const compiled = compile((a: Tensor) => add(mul(a, captured), captured), { donate: [0] })
        for (let call = 0; call < 3; call++) {
          const result = compiled(upload(backend, x))
          checkClose(
            `call ${call}`,
            await download(result),
            build(x.shape, 'float32', ([i, j]) => (x.data[i! * 4 + j!]! + 1) * y.data[i! * 4 + j!]!),
            { tolerance: COMPOSED, capabilities },
          )
          result.dispose()
        }
        checkClose('the captured tensor', await download(captured), y, { tolerance: 'exact', capabilities })
        captured.dispose()
        compiled.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test('new shapes are new programs, old ones stay', async ({ backend: base }) => {
        const backend = choose(base)
        const compiled = compile((a: Tensor) => sum(mul(a, 2), { axes: [0] }), { cacheSize: 2 })
        for (const n of [3, 5, 3, 7, 3]) {
          const a = tensor(new Float32Array(n * 2).fill(1), { shape: [n, 2], backend })
          const result = compiled(a)
          checkEqual(`rows ${n}`, await values([result]), [[2 * n, 2 * n]])
          a.dispose()
          result.dispose()
        }
        compiled.dispose()
      })

      suite.test('one tensor as two arguments, one of them donated', async ({ backend: base }) => {
        const backend = choose(base)
        const before = backend.memory()
        const compiled = compile((a: Tensor, b: Tensor) => [add(a, 1), sub(b, 1), mul(a, b)], { donate: [0] })
        const a = tensor([1, 2], { backend })
        const results = compiled(a, a)
        checkEqual('results', await values(results), [
          [2, 3],
          [0, 1],
          [1, 4],
        ])
        for (const each of [a, ...results]) each.dispose()
        compiled.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test('a donated tensor of which a view lives is not overwritten', async ({ backend: base }) => {
        const backend = choose(base)
        const before = backend.memory()
        const compiled = compile((a: Tensor) => add(a, 1), { donate: [0] })
        const a = tensor([1, 2], { backend })
        const view = reshape(a, [2, 1])
        const result = compiled(a)
        checkEqual('result and view', await values([result, view]), [
          [2, 3],
          [1, 2],
        ])
        for (const each of [a, view, result]) each.dispose()
        compiled.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test('results may be donated to the next call', async ({ backend: base }) => {
        const backend = choose(base)
        const compiled = compile((a: Tensor, b: Tensor) => ({ a: add(a, b), b: sub(a, b) }), { donate: [0, 1] })
        let state = { a: tensor([3], { backend }), b: tensor([1], { backend }) }
        for (let i = 0; i < 6; i++) state = compiled(state.a, state.b)
        checkEqual('after six steps', await values([state.a, state.b]), [[24], [8]])
        state.a.dispose()
        state.b.dispose()
        compiled.dispose()
      })

      suite.test('trees of arguments and results, with keys', async ({ backend: base }) => {
        const backend = choose(base)
        const compiled = compile((tree: { k: Key; list: Tensor[] }) => ({
          sums: tree.list.map((each) => sum(each)),
          noise: [randomUniform(fold(tree.k, 1), [2], { backend })],
          label: 'static',
        }))
        const list = [tensor([1, 2], { backend }), tensor([[3], [4]], { backend })]
        const result = compiled({ k: key(0), list })
        checkEqual('label', result.label, 'static')
        checkEqual('sums', await values(result.sums), [[3], [7]])
        const noise = randomUniform(fold(key(0), 1), [2], { backend })
        checkEqual('noise', await values(result.noise), await values([noise]))
        for (const each of [...list, ...result.sums, ...result.noise, noise]) each.dispose()
        compiled.dispose()
      })

      suite.test('a function works again after dispose', async ({ backend: base }) => {
        const backend = choose(base)
        const compiled = compile((a: Tensor) => tanh(add(a, 0)))
        const a = tensor([0], { backend })
        for (let i = 0; i < 2; i++) {
          const result = compiled(a)
          checkEqual('result', await values([result]), [[0]])
          result.dispose()
          compiled.dispose()
        }
        a.dispose()
      })

      suite.test('a step that leaves the finite numbers is found', async ({ backend: base }) => {
        const backend = choose(base)
        const compiled = compile((a: Tensor) => mul(tanh(a), tensor([1, Infinity], { backend })))
        const a = tensor([0, 0], { backend })
        const found = await findNonFinite(compiled, a)
        check(found !== undefined && found.value === Infinity, () => 'findNonFinite must name the infinite input')
        a.dispose()
        compiled.dispose()
      })
    })
  }
}
