import { beforeEach, expect, test } from 'vitest'
import {
  add,
  allocate,
  concat,
  execute,
  executeByValue,
  exp,
  full,
  mul,
  neg,
  optimize,
  schedule,
  setDefaultBackend,
  sizeOf,
  sub,
  sum,
  trace,
  zeros,
  type Executable,
  type ValueDevice,
  type PlannedDevice,
  type Program,
  type Tensor,
  type TypedArray,
} from '../src/index.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

/** Sums its operands, whatever it is told: enough to see where things lie. Fails where a test says so. */
let calls: number
let failing: number
let alive: Set<TypedArray>
beforeEach(() => {
  calls = 0
  failing = -1
  alive = new Set()
})

const own = (storage: TypedArray): TypedArray => {
  alive.add(storage)
  return storage
}
const total = (operands: readonly TypedArray[]): number => {
  if (calls++ === failing) throw new Error(`call ${failing}`)
  return operands.reduce((all, [first]) => all + first!, 0)
}
const release = (storage: TypedArray): void => {
  if (!alive.delete(storage)) throw new Error('released twice, or never handed out')
}
const valueOf = (params: object): number => ('value' in params ? (params.value as number) : 0)

const planned: PlannedDevice<TypedArray> = {
  bind:
    ({ instruction: { params }, inputs }) =>
    (...[out, ...operands]) =>
      void out.fill(total(operands.slice(0, inputs.length)) + valueOf(params)),
  reserve: ({ dtype, length }) => allocate(dtype, length),
  allocate({ dtype, shape }) {
    if (calls++ === failing) throw new Error(`call ${failing}`)
    return own(allocate(dtype, sizeOf(shape)))
  },
  release,
}

const functional: ValueDevice<TypedArray> = {
  bind:
    ({ instruction: { dtype, shape, params } }) =>
    (inputs) => {
      const value = total(inputs) + valueOf(params)
      return own(allocate(dtype, sizeOf(shape)).fill(value))
    },
  release,
}

const keeping: ValueDevice<TypedArray> = { ...functional, constants: { keep: (storage) => storage, drop: release } }

const program = (donated: readonly boolean[], f: (...xs: Tensor[]) => Tensor[]): Program => {
  const traced = optimize(trace(f)(...donated.map(() => zeros([2]))))
  return { ...traced, inputs: traced.inputs.map((input, i) => ({ ...input, donated: donated[i]! })) }
}

const machines: readonly [string, (source: Program) => Executable<TypedArray>][] = [
  ['planned', (source) => execute(schedule(source), planned)],
  ['by value', (source) => executeByValue(schedule(source), functional)],
  ['by value, constants kept', (source) => executeByValue(schedule(source), keeping)],
]

const inputsOf = (source: Program): TypedArray[] => source.inputs.map((_, i) => own(Float32Array.of(i + 1, 0)))
const body = (...[a, b, c]: Tensor[]): Tensor[] => {
  const d = mul(concat([exp(a!), neg(b!), c!, a!]), full([8], 7))
  return [sum(d), sub(a!, sum(d)), full([2], 5), add(exp(b!), d.shape.length)]
}

test.each(machines)('%s: runs, again and again, and keeps nothing of the caller', (_, make) => {
  for (const donated of [
    [false, false, false],
    [true, true, true],
    [true, false, true],
  ]) {
    const source = program(donated, body)
    const executable = make(source)
    const kept = alive.size
    for (let i = 0; i < 3; i++) {
      const inputs = inputsOf(source)
      const outputs = executable.run(inputs, [])
      expect(outputs.map(([first]) => first)).toEqual([14, 15, 5, 3])
      expect(new Set(outputs).size).toBe(4)
      expect(inputs.filter((input, k) => !donated[k] && !alive.has(input))).toEqual([])
      const lent = inputs.filter((_, k) => !donated[k])
      expect(alive.size).toBe(kept + 4 + lent.length)
      for (const storage of [...outputs, ...lent]) release(storage)
    }
    executable.dispose()
    expect(alive.size).toBe(0)
  }
})

test.each(machines)('%s: wherever a run throws, nothing is left of it, and the next one works', (_, make) => {
  for (const donated of [
    [true, true, true],
    [false, true, false],
  ]) {
    const source = program(donated, body)
    failing = -1
    const executable = make(source)
    const kept = alive.size
    let failures = 0
    for (let finished = false; !finished; failures++) {
      calls = 0
      failing = failures
      const inputs = inputsOf(source)
      try {
        executable.run(inputs, []).forEach(release)
        finished = true
      } catch (error) {
        expect((error as Error).message).toBe(`call ${failures}`)
      }
      inputs.forEach((input, i) => !donated[i] && release(input))
      expect(alive.size).toBe(kept)
    }
    expect(failures).toBeGreaterThan(7)
    executable.dispose()
    expect(alive.size).toBe(0)
  }
})

test('a constant that cannot be made leaves no other behind', () => {
  const source = program([true], (x) => [add(x, concat([full([1], 2), full([1], 3)]))])
  failing = 2
  expect(() => executeByValue(schedule(source), keeping)).toThrow('call 2')
  expect(alive.size).toBe(0)
})

test('a donated input that nothing reads is given back, or serves an output', () => {
  for (const [, make] of machines) {
    const source = program([true, true, false], (_a, _b, c) => [neg(c)])
    const executable = make(source)
    const inputs = inputsOf(source)
    const [output] = executable.run(inputs, [])
    expect(output![0]).toBe(3)
    expect(alive).toEqual(new Set([inputs[2], output]))
    alive.clear()
  }
})

test('steps get the keys of their run', () => {
  const plan = schedule(program([false], (x) => [neg(x)]))
  const seen: unknown[] = []
  const executable = execute<TypedArray>(plan, {
    ...planned,
    bind: (_, keys) => () => void seen.push(keys()),
  })
  const x = Float32Array.of(1, 2)
  executable.run([x], [[1, 2]])
  executable.run([x], [[3, 4]])
  expect(seen).toEqual([[[1, 2]], [[3, 4]]])
})
