import {
  add,
  arange,
  compile,
  disposeTree,
  gather,
  key,
  fold,
  matmul,
  mean,
  mul,
  optimize,
  randomUniform,
  scan,
  splitKey,
  square,
  sub,
  sum,
  tanh,
  tensor,
  tensorsIn,
  trace,
  valueAndGrad,
  type Backend,
  type DType,
  type Executable,
  type Key,
  type Loop,
  type Program,
  type Tensor,
} from '@neurite/core'
import fc from 'fast-check'
import { shapes } from '../arbitrary/shapes.js'
import { fill, fillIndices } from '../arbitrary/values.js'
import { check, checkClose, checkEqual } from '../check/compare.js'
import { download, errorOf, hold, upload } from '../check/device.js'
import { elementCount, storageFor, type HostArray } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'
import { unreadable } from './failing-runs.js'

/** A loop runs in the backend's own way, if it has one, and in core's, run by run. Both must do what single calls do. */
const PATHS: readonly (readonly [string, (backend: Backend) => Backend])[] = [
  ['by the backend', (backend) => backend],
  ['run by run', runByRun],
]

/** The backend, whose executables cannot loop. */
function runByRun(backend: Backend): Backend {
  return {
    ...backend,
    compile(program): Executable {
      const executable = backend.compile(program)
      return { run: (inputs, keys) => executable.run(inputs, keys), dispose: () => executable.dispose() }
    },
  }
}

interface Net {
  readonly w: Tensor
  readonly b: Tensor
  /** Averages, so that not every update goes over its own operand. */
  readonly velocity: { readonly w: Tensor; readonly b: Tensor }
}

/** A step of gradient descent with momentum, on rows that are picked from all. */
function step(net: Net, rows: Tensor, x: Tensor, y: Tensor): [Net, { loss: Tensor; first: Tensor }] {
  const [picked, wanted] = [gather(x, rows), gather(y, rows)]
  const objective = ({ w, b }: Pick<Net, 'w' | 'b'>): Tensor =>
    mean(square(sub(tanh(add(matmul(picked, w), b)), wanted)))
  const [loss, gradient] = valueAndGrad(objective)({ w: net.w, b: net.b })
  const velocity = {
    w: add(mul(net.velocity.w, 0.9), gradient.w),
    b: add(mul(net.velocity.b, 0.9), gradient.b),
  }
  const next = { w: sub(net.w, mul(velocity.w, 0.1)), b: sub(net.b, mul(velocity.b, 0.1)), velocity }
  return [next, { loss, first: sum(picked, { axes: [0] }) }]
}

const netOf = (backend: Backend): Net => {
  const [w, b, vw, vb] = [
    fill([3, 2], 'float32', 1),
    fill([2], 'float32', 2),
    fill([3, 2], 'float32', 3),
    fill([2], 'float32', 4),
  ].map((values) => upload(backend, values))
  return { w: w!, b: b!, velocity: { w: vw!, b: vb! } }
}

const DATA = [fill([20, 3], 'float32', 5), fill([20, 2], 'float32', 6)] as const

/** The rows of an iteration. */
function slicesOf({ shape, dtype, data }: HostArray): HostArray[] {
  const [count, ...rest] = shape
  const size = elementCount(rest)
  return Array.from({ length: count! }, (_, k) => ({ shape: rest, dtype, data: data.slice(k * size, (k + 1) * size) }))
}

function stackOf(slices: readonly HostArray[], { shape, dtype }: Pick<HostArray, 'shape' | 'dtype'>): HostArray {
  const data = storageFor(dtype, slices.length * elementCount(shape))
  slices.forEach((slice, k) => data.set(slice.data, k * elementCount(shape)))
  return { shape: [slices.length, ...shape], dtype, data }
}

async function downloadAll(tree: unknown): Promise<HostArray[]> {
  const all: HostArray[] = []
  for (const leaf of tensorsIn(tree)) all.push(await download(leaf))
  return all
}

/** Bit by bit: a loop runs the program that single calls run. */
function checkSame(
  what: string,
  got: readonly HostArray[],
  expected: readonly HostArray[],
  { capabilities }: Context,
): void {
  checkEqual(`${what}: how many`, got.length, expected.length)
  got.forEach((each, i) => checkClose(`${what}, part ${i}`, each, expected[i]!, { tolerance: 'exact', capabilities }))
}

/** What single calls of the same function make of it: the last carry, and what they return beside it, stacked. */
async function oneByOne<C>(
  backend: Backend,
  f: (carry: C, x: Tensor, ...others: Tensor[]) => readonly [C, unknown],
  start: C,
  xs: HostArray,
  others: readonly Tensor[],
): Promise<{ readonly carry: HostArray[]; readonly ys: HostArray[] }> {
  const compiled = compile(f, { donate: [0] })
  const columns: HostArray[][] = []
  let carry = start
  for (const slice of slicesOf(xs)) {
    const x = upload(backend, slice)
    const [next, y] = compiled(carry, x, ...others)
    carry = next
    for (const [i, value] of (await downloadAll(y)).entries()) (columns[i] ??= []).push(value)
    disposeTree([x, y])
  }
  const result = { carry: await downloadAll(carry), ys: columns.map((column) => stackOf(column, column[0]!)) }
  disposeTree(carry)
  compiled.dispose()
  return result
}

/** Many runs in one call are as many single runs. */
export function loopCases(suite: Suite): void {
  for (const [path, choose] of PATHS) {
    suite.group(`loops, ${path}`, () => {
      for (const count of [1, 2, 7, 40]) {
        suite.test(`${count} steps of a training`, async (context) => {
          const backend = choose(context.backend)
          const before = backend.memory()
          const rows = fillIndices([count, 4], 20, count)
          const others = DATA.map((values) => upload(backend, values)) as [Tensor, Tensor]
          const expected = await oneByOne(
            backend,
            (net: Net, picked, x, y) => step(net, picked, x, y),
            netOf(backend),
            rows,
            others,
          )
          const steps = scan(step, { donate: true })
          const picks = upload(backend, rows)
          // Twice: what a loop keeps from call to call must not show.
          for (let time = 0; time < 2; time++) {
            const net = netOf(backend)
            const [carry, ys] = steps(net, picks, ...others)
            checkSame('the carry', await downloadAll(carry), expected.carry, context)
            checkSame('what is collected', await downloadAll(ys), expected.ys, context)
            checkEqual('the carry given is used up', [net.w.isReleased, net.velocity.b.isReleased], [true, true])
            disposeTree([carry, ys])
          }
          checkSame('what was lent', await downloadAll([picks, ...others]), [rows, ...DATA], context)
          disposeTree([picks, ...others])
          steps.dispose()
          checkEqual('memory', backend.memory(), before)
        })
      }

      suite.test('no step at all', async (context) => {
        const backend = choose(context.backend)
        const before = backend.memory()
        const steps = scan(step, { donate: true })
        const net = netOf(backend)
        const given = await downloadAll(net)
        const picks = tensor(new Int32Array(0), { shape: [0, 4], backend })
        const others = DATA.map((values) => upload(backend, values)) as [Tensor, Tensor]
        const [carry, ys] = steps(net, picks, ...others)
        checkSame('the carry', await downloadAll(carry), given, context)
        checkEqual('what is collected', [ys.loss.shape, ys.first.shape], [[0], [0, 3]])
        disposeTree([carry, ys, picks, ...others])
        steps.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test('a loop goes on where another ended', async (context) => {
        const backend = choose(context.backend)
        const steps = scan(step, { donate: true })
        const rows = fillIndices([9, 4], 20, 3)
        const others = DATA.map((values) => upload(backend, values)) as [Tensor, Tensor]
        const all = upload(backend, rows)
        const [whole, wholeYs] = steps(netOf(backend), all, ...others)
        let net = netOf(backend)
        const losses: number[] = []
        for (const [from, to] of [
          [0, 4],
          [4, 5],
          [5, 9],
        ] as const) {
          const part = upload(backend, { ...rows, shape: [to - from, 4], data: rows.data.slice(4 * from, 4 * to) })
          const [next, ys] = steps(net, part, ...others)
          losses.push(...(await ys.loss.data()))
          net = next
          disposeTree([ys, part])
        }
        checkSame('the carry', await downloadAll(net), await downloadAll(whole), context)
        checkEqual('losses', losses, Array.from(await wholeYs.loss.data()))
        disposeTree([whole, wholeYs, net, all, ...others])
        steps.dispose()
      })

      suite.test('a carry that is not donated stays', async (context) => {
        const backend = choose(context.backend)
        const before = backend.memory()
        const steps = scan(step)
        const net = netOf(backend)
        const given = await downloadAll(net)
        const picks = upload(backend, fillIndices([5, 4], 20, 1))
        const others = DATA.map((values) => upload(backend, values)) as [Tensor, Tensor]
        const first = steps(net, picks, ...others)
        const second = steps(net, picks, ...others)
        checkSame('the carry given', await downloadAll(net), given, context)
        checkSame('the second call', await downloadAll(second), await downloadAll(first), context)
        disposeTree([net, picks, ...others, first, second])
        steps.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test('parts of the carry that change places', async ({ backend: base }) => {
        const backend = choose(base)
        const before = backend.memory()
        const fibonacci = scan(([a, b]: readonly [Tensor, Tensor], _: Tensor) => [[b, add(a, b)] as const, a], {
          donate: true,
        })
        const n = arange(0, 12, { backend })
        const [carry, ys] = fibonacci([tensor(0, { backend }), tensor(1, { backend })], n)
        checkEqual(
          'the carry',
          (await downloadAll(carry)).map(({ data }) => data[0]),
          [144, 233],
        )
        checkEqual('what is collected', Array.from(await ys.data()), [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
        disposeTree([carry, ys, n])
        fibonacci.dispose()
        checkEqual('memory', backend.memory(), before)
      })

      suite.test(
        'what passes through, stands twice, is collected as well, or comes from elsewhere',
        async ({ backend: base }) => {
          const backend = choose(base)
          const before = backend.memory()
          const elsewhere = tensor([7, 8], { backend })
          type Carry = { readonly fixed: Tensor; readonly a: Tensor; readonly b: Tensor; readonly c: Tensor }
          const run = scan(
            ({ fixed, a, c }: Carry, x: Tensor): [Carry, Tensor[]] => {
              const next = add(a, mul(x, fixed))
              return [{ fixed, a: next, b: next, c: elsewhere }, [next, x, c]]
            },
            { donate: true },
          )
          const of = (...values: number[]): Tensor => tensor(values, { backend })
          const xs = tensor(
            [
              [1, 1],
              [2, 2],
            ],
            { backend },
          )
          const [carry, ys] = run({ fixed: of(1, 2), a: of(0, 0), b: of(5, 5), c: of(3, 4) }, xs)
          checkEqual(
            'the carry',
            (await downloadAll(carry)).map(({ data }) => Array.from(data)),
            [
              [1, 2],
              [3, 6],
              [3, 6],
              [7, 8],
            ],
          )
          checkEqual(
            'what is collected',
            (await downloadAll(ys)).map(({ data }) => Array.from(data)),
            [
              [1, 2, 3, 6],
              [1, 1, 2, 2],
              [3, 4, 7, 8],
            ],
          )
          disposeTree([carry, ys, xs, elsewhere])
          run.dispose()
          checkEqual('memory', backend.memory(), before)
        },
      )

      suite.test('each iteration draws what its key says', async ({ backend: base }) => {
        const backend = choose(base)
        const run = scan((total: Tensor, { k }: { readonly k: Key }, same: Key) => {
          const drawn = randomUniform(k, [3], { backend })
          return [add(total, drawn), [drawn, randomUniform(same, [3], { backend })]]
        })
        const total = tensor([0, 0, 0], { backend })
        const [last, [drawn, repeated]] = run(total, { k: splitKey(key(5), 4, 2) }, key(6))
        const expected: number[] = []
        for (let i = 0; i < 4; i++) {
          const one = randomUniform(fold(key(5), 2 + i), [3], { backend })
          expected.push(...(await one.data()))
          one.dispose()
        }
        const one = randomUniform(key(6), [3], { backend })
        const fixed = Array.from(await one.data())
        checkEqual('numbers of each iteration', Array.from(await drawn!.data()), expected)
        checkEqual('numbers of one key', Array.from(await repeated!.data()), [...fixed, ...fixed, ...fixed, ...fixed])
        disposeTree([total, last, drawn, repeated, one])
        run.dispose()
      })

      suite.test('values of one program in many loops, and loops in turn', async ({ backend: base }) => {
        const backend = choose(base)
        const run = scan((a: Tensor, x: Tensor, factor: Tensor) => [add(mul(a, factor), x), a])
        const [zero, half, third] = [0, 0.5, 0.25].map((value) => tensor(value, { backend }))
        const kept: Tensor[] = []
        for (const [factor, count] of [
          [half!, 3],
          [third!, 5],
          [half!, 1],
          [third!, 4],
        ] as const) {
          const xs = arange(0, count, { backend })
          const [last, all] = run(zero!, xs, factor)
          kept.push(last, all)
          xs.dispose()
        }
        checkEqual(
          'results, after all loops',
          (await downloadAll(kept)).map(({ data }) => Array.from(data)),
          [[2.5], [0, 0, 1], [4.890625], [0, 0, 1, 2.25, 3.5625], [0], [0], [3.5625], [0, 0, 1, 2.25]],
        )
        disposeTree([zero, half, third, kept])
        run.dispose()
      })

      suite.property(
        'sums along any shape, of any dtype',
        fc.record({
          shape: shapes(0, 3),
          count: fc.integer({ min: 0, max: 6 }),
          dtype: fc.constantFrom<DType>('float32', 'int32', 'float64'),
          seed: fc.nat(1000),
        }),
        async (context, { shape, count, dtype, seed }) => {
          const backend = choose(context.backend)
          const start = fill(shape, dtype, seed)
          const xs = fill([count, ...shape], dtype, seed + 1)
          const f = (total: Tensor, x: Tensor, scale: Tensor): [Tensor, Tensor[]] => [
            add(total, mul(x, scale)),
            [sub(total, x), sum(mul(x, scale))],
          ]
          const scale = upload(backend, fill([], dtype, seed + 2))
          const expected = await oneByOne(
            backend,
            (total: Tensor, x, by) => f(total, x, by),
            upload(backend, start),
            xs,
            [scale],
          )
          const run = scan(f, { donate: true })
          const stack = upload(backend, xs)
          const [total, ys] = run(upload(backend, start), stack, scale)
          checkSame('the carry', await downloadAll(total), expected.carry, context)
          const nothing = [shape, []].map((each) => stackOf([], { shape: each, dtype }))
          checkSame('what is collected', await downloadAll(ys), count === 0 ? nothing : expected.ys, context)
          disposeTree([total, ys, stack, scale])
          run.dispose()
        },
      )

      suite.test('a loop on what cannot be read leaves nothing behind', async ({ backend: base }) => {
        const backend = choose(base)
        const before = backend.memory()
        const { program, loop } = circle(backend)
        const executable = backend.compile(program)
        for (const broken of [2, 3]) {
          // Core's own loop takes slices with a kernel, which the group 'runs that throw' lets fail.
          if (executable.runMany === undefined) continue
          const storages = circleInputs(backend, 5)
          backend.release(storages[broken]!)
          const given = storages.map((storage, i) => (i === broken ? unreadable() : storage))
          const error = await errorOf(() => executable.runMany!(loop, 5, given, new Uint32Array(0)))
          check(error !== undefined, () => `input ${broken} is no storage: the loop must throw`)
          backend.release(storages[5 - broken]!)
          checkEqual(`memory after a loop whose input ${broken} is no storage`, backend.memory(), before)
        }
        executable.dispose()
        checkEqual('memory in the end', backend.memory(), before)
      })

      suite.test('outputs that become other inputs than those of their place', async (context) => {
        const backend = choose(context.backend)
        const before = backend.memory()
        const { program } = circle(backend)
        const executable = backend.compile(program)
        for (const carries of [
          [0, 1, -1],
          [1, 0, -1],
          [-1, 1, 0],
          [0, -1, 1],
        ]) {
          if (executable.runMany === undefined) continue
          const loop: Loop = { stacked: [false, false, true, false], carries }
          for (const count of [0, 1, 4]) {
            const storages = circleInputs(backend, count)
            const outputs = executable.runMany(loop, count, storages, new Uint32Array(0))
            const expected = await circleOneByOne(backend, executable, loop, count)
            const got: HostArray[] = []
            for (const [i, to] of carries.entries()) {
              const shape = to < 0 ? [count, 2, 3] : [2, 3]
              got.push({ shape, dtype: 'float32', data: await backend.read(outputs[i]!, { shape, dtype: 'float32' }) })
            }
            checkSame(`${count} times outputs that become ${carries.join(', ')}`, got, expected, context)
            for (const storage of [...outputs, ...storages.slice(2)]) backend.release(storage)
            checkEqual('memory', backend.memory(), before)
          }
        }
        executable.dispose()
      })
    })
  }
}

const CIRCLE = [1, 2, 3, 4].map((seed) => fill([2, 3], 'float32', seed))

/** Two carried, one stacked, one lent: an output over its own input, one that cannot be, one that reads both. */
function circle(backend: Backend): { readonly program: Program; readonly loop: Loop } {
  const body = (a: Tensor, b: Tensor, x: Tensor, lent: Tensor): Tensor[] => {
    const s = tanh(add(a, x))
    return [sub(a, mul(s, 0.5)), add(mul(a, lent), mul(b, 0.25)), sub(s, b)]
  }
  const xs = CIRCLE.map((values) => upload(backend, values)) as [Tensor, Tensor, Tensor, Tensor]
  const traced = optimize(trace(body)(...xs))
  disposeTree(xs)
  return {
    program: { ...traced, inputs: traced.inputs.map((input, i) => ({ ...input, donated: i < 2 })) },
    loop: { stacked: [false, false, true, false], carries: [0, 1, -1] },
  }
}

function circleInputs(backend: Backend, count: number): object[] {
  const stack = fill([count, 2, 3], 'float32', 9)
  return hold(
    backend,
    CIRCLE.map((values, i) => (i === 2 ? stack : values)),
  ).map(({ storage }) => storage)
}

/** The outputs of a loop, by single runs. */
async function circleOneByOne(
  backend: Backend,
  executable: Executable,
  { carries }: Loop,
  count: number,
): Promise<HostArray[]> {
  const spec = { shape: [2, 3], dtype: 'float32' } as const
  const given = [...CIRCLE]
  const collected: HostArray[] = []
  for (const x of slicesOf(fill([count, 2, 3], 'float32', 9))) {
    const storages = hold(
      backend,
      given.map((values, i) => (i === 2 ? x : values)),
    ).map(({ storage }) => storage)
    const outputs = executable.run(storages, [])
    for (const [i, to] of carries.entries()) {
      const value = { ...spec, data: await backend.read(outputs[i]!, spec) }
      if (to < 0) collected.push(value)
      else given[to] = value
    }
    for (const storage of [...outputs, ...storages.slice(2)]) backend.release(storage)
  }
  return carries.map((to) => (to < 0 ? stackOf(collected, spec) : given[to]!))
}
