import { readFileSync } from 'node:fs'
import {
  add,
  compile,
  erf,
  erfc,
  key,
  matmul,
  mul,
  pow,
  randomNormal,
  relu,
  sigmoid,
  tanh,
  tensor,
  zeros,
  type Key,
  type Tensor,
} from '@neurite/core'
import { describe, expect, test } from 'vitest'
import { toWasm, wasm } from '../../src/index.js'
import { backend, indices, Instance, loaded, Module, seeded, type Predict } from './support.js'

type Params = readonly Tensor[]
const net = (p: Params, x: Tensor): Tensor =>
  add(matmul(tanh(add(matmul(tanh(add(matmul(x, p[0]!), p[1]!)), p[2]!), p[3]!)), p[4]!), p[5]!)
const params = [[2, 8], [8], [8, 8], [8], [8, 1], [1]].map((shape, i) => seeded(shape, i))
const x = seeded([1, 2], 7)
const coded = (code: string): unknown => expect.objectContaining({ code })

describe('the files', () => {
  test('the loader is a kilobyte at most, and the same for every model', async () => {
    const [a, b] = [await toWasm(net, params, x), await toWasm((y: Tensor) => relu(y), zeros([3], { backend }))]
    expect(a.loader.length).toBeLessThanOrEqual(1024)
    expect(b.loader).toBe(a.loader)
  })

  test('the README says what 2-8-8-1 weighs', async () => {
    const { bytes } = await toWasm(net, params, x)
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, said] = /2-8-8-1 tanh network is a `\.wasm` of ([\d.]+) kB/.exec(readme)!
    expect(Math.abs(bytes.length / 1000 - Number(said))).toBeLessThanOrEqual(0.05)
  })

  test('float32 imports nothing, and memory is as long as it needs to be, for good', async () => {
    const module = new Module((await toWasm(net, params, x)).bytes)
    expect(Module.imports(module)).toEqual([])
    const { memory } = new Instance(module).exports
    expect(memory.buffer.byteLength).toBe(65536)
    expect(() => memory.grow(1)).toThrow(RangeError)
    const wide = (p: Params, y: Tensor): Tensor => add(y, p[0]!)
    const large = await toWasm(wide, [seeded([100_000], 1)], seeded([100_000], 2))
    const taken = new Instance(new Module(large.bytes)).exports.memory.buffer.byteLength
    // x, the weights and the result, in pages.
    expect(taken).toBe(Math.ceil((3 * 400_000 + 64) / 65536) * 65536)
  })

  test('a product that calls a kernel has as much memory to work in as it needs', async () => {
    const pagesOf = async (rows: number, inner: number, columns: number): Promise<number> => {
      const multiply = ([w]: Params, y: Tensor): Tensor => matmul(y, w!)
      const { bytes } = await toWasm(multiply, [seeded([inner, columns], 1)], seeded([rows, inner], 2))
      return new Instance(new Module(bytes)).exports.memory.buffer.byteLength / 65536
    }
    const arrays = (rows: number, inner: number, columns: number): number =>
      4 * (rows * inner + inner * columns + rows * columns)
    // A thin one needs none.
    expect(await pagesOf(1, 784, 128)).toBe(Math.ceil((arrays(1, 784, 128) + 1024) / 65536))
    // A block of each operand: 8 rows, and 128 columns, of 256 products.
    expect(await pagesOf(8, 784, 128)).toBe(Math.ceil((arrays(8, 784, 128) + 4 * 256 * (8 + 128) + 1024) / 65536))
  })

  test('any host can call it: numbers in at input, numbers out at output', async () => {
    const { exports } = new Instance(new Module((await toWasm(net, params, x)).bytes))
    const view = (name: string): Float32Array =>
      new Float32Array(exports.memory.buffer, exports[name]!.value, exports[`${name}Length`]!.value)
    view('input').set(await x.data())
    exports.predict()
    expect([...view('output')]).toEqual([...(await compile(net)(params, x).data())])
  })

  test('weights that are used twice are there once, and others that nothing reads are not', async () => {
    const [w, other] = [seeded([64, 64], 1), seeded([64, 64], 2)]
    const f = ([a, b]: Params, y: Tensor): Tensor => matmul(matmul(y, a!), b!)
    const y = seeded([1, 64], 3)
    const sizeOf = async (...p: Tensor[]): Promise<number> => (await toWasm(f, p, y)).bytes.length
    const one = await sizeOf(w, w)
    expect((await sizeOf(w, other)) - one).toBeGreaterThanOrEqual(4 * 64 * 64)
    expect(await sizeOf(w, w, other)).toBe(one)
  })

  test('a WebAssembly.Module will do, where bytes are not compiled', async () => {
    const files = await toWasm(net, params, x)
    const predict = await loaded(files, new Module(files.bytes))
    expect([...predict([1, 2])]).toEqual([...(await loaded(files))([1, 2])])
  })
})

describe('the function', () => {
  test('may be a compiled one, with donated params, state, and tensors of its own', async () => {
    const table = [0.5, -2]
    const f = compile((p: Tensor, s: Tensor, y: Tensor) => add(mul(mul(p, y), s), tensor(table)), { donate: [0] })
    const [p, s] = [seeded([2], 1), seeded([2], 2)]
    const predict = await loaded(await toWasm(f, p, s, seeded([2], 3)))
    const answers = [predict([1, 2]), predict([1, 2])]
    expect(p.isReleased).toBe(false)
    const expected = [...(await f(p, s, tensor([1, 2], { backend })).data())]
    expect(answers.map((each) => [...each])).toEqual([expected, expected])
  })

  test('takes params from any backend, and leaves nothing on them', async () => {
    const other = await wasm()
    const p = tensor([2, 3], { backend: other })
    const before = other.memory()
    const predict = await loaded(await toWasm((a: Tensor, y: Tensor) => mul(a, y), p, zeros([2], { backend })))
    expect([...predict([4, 5])]).toEqual([8, 15])
    expect(other.memory()).toEqual(before)
  })

  test('that draws random numbers is refused', async () => {
    const f = (k: Key, y: Tensor): Tensor => add(y, randomNormal(k, [2], { backend: y.backend }))
    await expect(toWasm(f, key(1), seeded([2], 1))).rejects.toThrow(coded('NOT_SUPPORTED'))
  })

  test.each<[string, (y: Tensor) => Tensor]>([
    ['sigmoid', sigmoid],
    ['erf', erf],
    ['erfc', erfc],
    ['pow', (y) => pow(y, y)],
  ])('of float64 with %s, which Math has not, is refused', async (name, f) => {
    const made = toWasm(f, seeded([3], 1, 'float64'))
    await expect(made).rejects.toThrow(coded('NOT_SUPPORTED'))
    await expect(made).rejects.toThrow(`'${name}' of float64`)
  })

  test('with powers of int32 is refused', async () => {
    await expect(toWasm((y: Tensor) => pow(y, y), indices([3], 3, 0))).rejects.toThrow(`'wholePower' of int32`)
  })

  test('that needs more than there is room for is refused', async () => {
    const f = (y: Tensor): Tensor => matmul(y, zeros([1, 2 ** 15], { backend: y.backend }))
    await expect(toWasm(f, zeros([2 ** 15, 1], { backend }))).rejects.toThrow(coded('NOT_SUPPORTED'))
  })

  test('that closes over tensors, returns no tensor, or is called without one, is refused', async () => {
    const refused = coded('INVALID_ARGUMENT')
    const y = seeded([2], 1)
    await expect(toWasm((z: Tensor) => mul(y, z), y)).rejects.toThrow(/closes over tensors.*INVALID_ARGUMENT/)
    await expect(toWasm((z: Tensor) => [z] as never, y)).rejects.toThrow(refused)
    await expect(toWasm((z: Tensor) => [z, z] as never, y)).rejects.toThrow(refused)
    await expect(toWasm((_: Tensor) => 1 as never, y)).rejects.toThrow(refused)
    await expect(toWasm((z: Tensor[]) => z[0]!, [y])).rejects.toThrow(refused)
    await expect(toWasm(1 as never, y)).rejects.toThrow(refused)
  })
})

describe('predict', () => {
  const predictOf = async (f: (y: Tensor) => Tensor, y: Tensor): Promise<Predict> => loaded(await toWasm(f, y))

  test("gives numbers that are the caller's", async () => {
    const predict = await predictOf((y) => relu(y), seeded([2], 1))
    const first = predict([1, 2])
    predict([3, 4])
    expect([...first]).toEqual([1, 2])
  })

  test('refuses anything but as many numbers as it takes, of their kind', async () => {
    const predict = await predictOf((y) => relu(y), seeded([2], 1))
    for (const odd of [
      [1],
      [1, 2, 3],
      [],
      undefined,
      null,
      5,
      '12',
      [1, '2'],
      [1, null],
      [[1, 2], 3],
      [true, 1],
      [1n, 2n],
    ])
      expect(() => predict(odd as never)).toThrow(TypeError)
    const whole = await predictOf((y) => mul(y, 2), indices([2], 3, 0))
    expect([...whole([-4, 5])]).toEqual([-8, 10])
    for (const odd of [
      [0.5, 1],
      [2 ** 31, 1],
      [NaN, 1],
      [1, Infinity],
    ])
      expect(() => whole(odd)).toThrow(TypeError)
  })
})
