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
  reshape,
  schedule,
  setDefaultBackend,
  sizeOf,
  sub,
  sum,
  trace,
  zeros,
  type Executable,
  type Loop,
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

const stacking: PlannedDevice<TypedArray> = {
  ...planned,
  stacks: {
    slice: (stack, from, length) => stack.subarray(from, from + length),
    put: (value, stack, at) => stack.set(value, at),
  },
}

/** Two carried, one stacked, one lent: one output over its own input, one over the other's, one that has to move, one collected. */
const circle = (...[a, b, x, lent]: Tensor[]): Tensor[] => {
  const sumOf = add(a!, x!)
  const both = concat([reshape(sum(a!), [1]), reshape(sum(b!), [1])])
  return [sub(sumOf, lent!), add(both, sumOf), neg(sumOf)]
}
const LOOPS: readonly Loop[] = [
  { stacked: [false, false, true, false], carries: [0, 1, -1] },
  { stacked: [false, false, true, false], carries: [1, 0, -1] },
  { stacked: [false, false, true, true], carries: [-1, 1, 0] },
]

test('many runs are as many single ones, and leave as much behind', () => {
  const source = program([true, true, false, false], circle)
  const executable = execute(schedule(source), stacking)
  for (const loop of LOOPS) {
    for (const count of [0, 1, 2, 5]) {
      const stackOf = (k: number): TypedArray => own(Float32Array.from({ length: 2 * count }, (_, i) => k + i))
      const inputs = loop.stacked.map((isStacked, i) => (isStacked ? stackOf(i) : own(Float32Array.of(i + 1, 0))))
      const single: TypedArray[] = inputs.map((input) => input.slice())
      const collected: number[] = []
      for (let k = 0; k < count; k++) {
        const given = single.map((input, i) => own(loop.stacked[i] ? input.slice(2 * k, 2 * k + 2) : input))
        const outputs = executable.run(given, [])
        for (const i of [2, 3]) release(given[i]!)
        for (const [i, to] of loop.carries.entries()) {
          if (to < 0) collected.push(...outputs[i]!)
          else single[to] = outputs[i]!
          alive.delete(outputs[i]!)
        }
      }
      const outputs = executable.runMany!(loop, count, inputs, new Uint32Array(0))
      const expected = loop.carries.map((to) => (to < 0 ? collected : [...single[to]!]))
      expect(outputs.map((output) => [...output])).toEqual(expected)
      expect(alive).toEqual(new Set([...outputs, inputs[2], inputs[3]]))
      alive.clear()
    }
  }
})

test('wherever one of many runs throws, nothing is left of it', () => {
  const source = program([true, true, false, false], circle)
  const executable = execute(schedule(source), stacking)
  for (const loop of LOOPS) {
    let failures = 0
    for (let finished = false; !finished; failures++) {
      const inputs = loop.stacked.map((isStacked) => own(new Float32Array(isStacked ? 6 : 2)))
      calls = 0
      failing = failures
      try {
        executable.runMany!(loop, 3, inputs, new Uint32Array(0)).forEach(release)
        finished = true
      } catch (error) {
        expect((error as Error).message).toBe(`call ${failures}`)
      }
      expect(alive).toEqual(new Set(inputs.slice(2)))
      alive.clear()
    }
    expect(failures).toBeGreaterThan(12)
  }
})
