import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  compile,
  decodeProgram,
  encodeProgram,
  fold,
  full,
  gather,
  grad,
  key,
  loadProgram,
  log,
  mul,
  NeuriteError,
  printProgram,
  randomUniform,
  reshape,
  setDefaultBackend,
  shipProgram,
  slice,
  tensorsIn,
  sub,
  sum,
  tanh,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  where,
  zeros,
  type Backend,
  type Key,
  type Program,
  type Tensor,
} from '../src/index.js'
import { conv2d, maxPool2d } from '../src/functional/index.js'
import { interpret } from '../src/program/interpret.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

const base = reference() as Backend
const backend: Backend = { ...base, compile: (program) => interpret(program, base) }
setDefaultBackend(backend)

/** Programs that together use params of every kind. */
const programs: readonly Program[] = [
  trace((x: Tensor) => where(x, -Infinity, add(full([2], -0), NaN)))(tensor([true, false])),
  trace((x: Tensor) => grad((v: Tensor) => sum(tanh(log(v))))(x))(tensor([1, 2])),
  trace((x: Tensor, w: Tensor) => grad((v: Tensor) => sum(maxPool2d(conv2d(x, v), { window: 2 })))(w))(
    zeros([1, 5, 5, 2]),
    zeros([2, 2, 2, 3]),
  ),
  trace((x: Tensor, w: Tensor) => grad((v: Tensor) => sum(conv2d(v, w)))(x))(zeros([1, 5, 5, 2]), zeros([2, 2, 2, 3])),
  trace((x: Tensor) => grad((v: Tensor) => sum(gather(transpose(v), tensor([1, 0], { dtype: 'int32' }))))(x))(
    zeros([2, 3]),
  ),
  trace((k: Key, x: Tensor) => slice(mul(randomUniform(fold(k, 3), [4]), x), { begin: [1], size: [2] }))(
    key(0),
    zeros([4]),
  ),
]

test('a program comes back exactly', () => {
  for (const program of programs) {
    const again = decodeProgram(encodeProgram(program))
    expect(again).toEqual(program)
    expect(encodeProgram(again)).toBe(encodeProgram(program))
    expect(printProgram(again)).toBe(printProgram(program))
  }
})

test('what was changed in a text is refused, or is another valid program that runs', () => {
  const texts = programs.map(encodeProgram)
  const alphabet = '0123456789-.,:[]{}"truefalsnax#Infinity'
  const change = fc.record({ text: fc.constantFrom(...texts), at: fc.nat(), character: fc.constantFrom(...alphabet) })
  let refused = 0
  fc.assert(
    fc.property(change, ({ text, at, character }) => {
      const place = at % text.length
      let program: Program
      try {
        program = decodeProgram(text.slice(0, place) + character + text.slice(place + 1), { maxBytes: 1e6 })
      } catch (error) {
        expect(NeuriteError.isInstance(error) && error.code).toBe('BAD_PROGRAM')
        refused++
        return
      }
      const inputs = program.inputs.map((input) =>
        base.upload(
          new Float32Array(2048).fill(1).slice(
            0,
            input.shape.reduce((a, b) => a * b, 1),
          ),
          input,
        ),
      )
      if (
        program.outputs.every((id) =>
          program.instructions.some((made) => made.id === id && made.primitive !== 'reshape'),
        )
      )
        interpret(program, base).run(
          inputs,
          Array.from({ length: program.keys }, () => [0, 0] as const),
        )
    }),
    { numRuns: 3000, seed: 1 },
  )
  expect(refused).toBeGreaterThan(1000)
})

const swap = (program: Program, change: (plain: { instructions: object[]; outputs: number[] }) => void): string => {
  const plain = JSON.parse(encodeProgram(program)) as { program: { instructions: object[]; outputs: number[] } }
  change(plain.program)
  return JSON.stringify(plain)
}

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /no JSON/],
  ['a list', '[]', /no object/],
  ['something else', '{"neurite":"model"}', /does not say/],
  ['another version', '{"neurite":"program","version":2}', /version 2; this package reads version 1/],
  ['a value read before it is there', swap(programs[1]!, (p) => p.instructions.reverse()), /not all there/],
  ['a value defined twice', swap(programs[1]!, (p) => p.instructions.push(p.instructions[0]!)), /no id of its own/],
  [
    'an unknown primitive',
    encodeProgram(programs[1]!).replace('"log"', '"constructor"'),
    /constructor, is no primitive/,
  ],
  ['an output that is not there', swap(programs[1]!, (p) => p.outputs.push(999)), /outputs are not all there/],
  ['a huge value', encodeProgram(programs[0]!).replaceAll('[2]', '[900000000000]'), /more than maxBytes/],
  ['an axis that is not there', encodeProgram(programs[4]!).replaceAll('"axes":[1,0]', '"axes":[1,7]'), /axes\[1\]/],
  ['an unknown param', encodeProgram(programs[4]!).replaceAll('"axes":[1,0]', '"axes":[1,0],"x":1'), /unknown option/],
  [
    'an image of another size',
    encodeProgram(programs[3]!).replace('"inputShape":[1,5,5,2]', '"inputShape":[1,9,5,2]'),
    /upstream|would make/,
  ],
])('%s is refused', async (_, text, why) => {
  const error = await expectCode(() => decodeProgram(text), 'BAD_PROGRAM')
  expect(`${error.message} ${String((error.cause as Error | undefined)?.message)}`).toMatch(why)
})

test('nesting that would overflow the stack is refused as well', async () => {
  await expectCode(() => decodeProgram('['.repeat(200_000)), 'BAD_PROGRAM')
  await expectCode(() => decodeProgram(`{"neurite":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), 'BAD_PROGRAM')
  await expectCode(() => decodeProgram('x'.repeat(11), { maxLength: 10 }), 'BAD_PROGRAM', 'maxLength = 10')
})

interface State {
  readonly layers: readonly { readonly w: Tensor }[]
}
const step = compile(
  (state: State, x: Tensor, k: Key, note: string) => {
    const [loss, { layers }] = valueAndGrad(({ layers }: State) => sum(tanh(mul(layers[0]!.w, x))))(state)
    const noise = randomUniform(fold(k, 1), [2])
    return {
      state: { layers: [{ w: sub(state.layers[0]!.w, mul(layers[0]!.w, noise)) }] },
      loss,
      same: x,
      flat: reshape(loss, [1, 1]),
      note,
      count: 1,
    }
  },
  { donate: [0] },
)
const fresh = (): [State, Tensor, Key, string] => [{ layers: [{ w: tensor([1, 2]) }] }, tensor([3, 4]), key(5), 'a']

test('a loaded program is the function that was compiled', async () => {
  const loaded = loadProgram<ReturnType<typeof fresh>, ReturnType<typeof step>>(shipProgram(step, ...fresh()), backend)
  const [a, b] = [fresh(), fresh()]
  const [one, other] = [step(...a), loaded(...b)]
  expect(other.state.layers[0]!.w.toArraySync()).toEqual(one.state.layers[0]!.w.toArraySync())
  expect(other.flat.toArraySync()).toEqual(one.flat.toArraySync())
  expect([other.note, other.count]).toEqual(['a', 1])
  expect(other.same.toArraySync()).toEqual([3, 4])
  expect(b[0].layers[0]!.w.isReleased).toBe(true)
  loaded.dispose()
})

test('typed arrays stand in for tensors, are copied in, and are given back', async () => {
  const loaded = loadProgram<unknown[], ReturnType<typeof step>>(shipProgram(step, ...fresh()), backend)
  const before = backend.memory().buffers
  const x = Float32Array.of(3, 4)
  const made = loaded({ layers: [{ w: Float32Array.of(1, 2) }] }, x, key(5), 'a')
  const own = fresh()
  const expected = step(...own)
  expect(made.state.layers[0]!.w.toArraySync()).toEqual(expected.state.layers[0]!.w.toArraySync())
  x.fill(0)
  expect(made.same.toArraySync()).toEqual([3, 4])
  for (const tensor of tensorsIn([made, expected, own])) tensor.dispose()
  expect(backend.memory().buffers).toBe(before)
  const wrongs = [Float64Array.of(3, 4), Float32Array.of(3), Int32Array.of(3, 4), [3, 4]]
  for (const value of wrongs)
    await expectCode(() => loaded({ layers: [{ w: Float32Array.of(1, 2) }] }, value, key(5), 'a'), 'INVALID_ARGUMENT')
  expect(backend.memory().buffers).toBe(before)
})

test('a loaded program says which argument does not fit', async () => {
  const loaded = loadProgram(shipProgram(step, ...fresh()), backend)
  const [state, x, k] = fresh()
  await expectCode(
    () => loaded({ layers: [{ w: tensor([1]) }] }, x, k, 'a'),
    'INVALID_ARGUMENT',
    'args[0].layers[0].w is float32[1], expected float32[2]',
  )
  await expectCode(() => loaded({ layers: [] }, x, k, 'a'), 'INVALID_ARGUMENT', 'args[0].layers[0].w')
  await expectCode(() => loaded(state, x, k, 'b'), 'INVALID_ARGUMENT', 'args[3]')
  await expectCode(() => loaded(state, x, k), 'INVALID_ARGUMENT', 'args[3]')
})

test('what cannot be shipped is refused where it is encoded', async () => {
  const w = tensor([1, 2])
  await expectCode(
    () =>
      shipProgram(
        compile((x: Tensor) => add(x, w)),
        tensor([1, 2]),
      ),
    'INVALID_ARGUMENT',
    'closes over 1 tensor',
  )
  await expectCode(
    () =>
      shipProgram(
        compile((x: Tensor) => ({ x, when: new Date(0) })),
        w,
      ),
    'INVALID_ARGUMENT',
    'no plain data',
  )
})

test('a damaged call is refused', async () => {
  const text = shipProgram(step, ...fresh())
  await expectCode(() => loadProgram(encodeProgram(programs[0]!), backend), 'BAD_PROGRAM', 'use shipProgram')
  for (const [from, to] of [
    ['"kind":"key"', '"kind":"tensor"'],
    ['"names":["layers"]', '"names":["__proto__"]'],
    ['"from":"output","index":0', '"from":"output","index":9'],
    ['"shape":[1,1]', '"shape":[1,2]'],
    ['"passed":[', '"passed":[99,'],
  ] as const) {
    expect(text).toContain(from)
    await expectCode(() => loadProgram(text.replace(from, to), backend), 'BAD_PROGRAM')
  }
  // Of several names, each.
  const [several = '', first] = /"names":\["(\w+)","\w+"/.exec(text) ?? []
  for (const name of ['"__proto__"', '1'])
    await expectCode(() => loadProgram(text.replace(several, `"names":["${first}",${name}`), backend), 'BAD_PROGRAM')
  await expectCode(
    () => loadProgram(text.replace('"primitive":"tanh"', '"primitive":"toString"'), backend),
    'NOT_SUPPORTED',
    'toString',
  )
  await expectCode(() => loadProgram(wrong(3), backend), 'BAD_PROGRAM')
})
