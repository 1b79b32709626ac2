import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  arange,
  broadcastTo,
  BYTES_PER_ELEMENT,
  compile,
  concat,
  div,
  ELEMENTWISE,
  exp,
  fold,
  full,
  key,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  operationOf,
  optimize,
  printProgram,
  randomNormal,
  randomUniform,
  relu,
  reshape,
  schedule,
  setDefaultBackend,
  sin,
  sizeOf,
  square,
  sub,
  sum,
  tanh,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  zeros,
  type Fusion,
  type Instruction,
  type Key,
  type Program,
  type Schedule,
  type Step,
  type Tensor,
} from '../src/index.js'
// @boundaries-ignore a document has no name to import it by
import architecture from '../../../ARCHITECTURE.md?raw'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())
const names = (program: Program): string[] => program.instructions.map(({ primitive }) => primitive)
const traced = (f: (...xs: Tensor[]) => unknown, ...shapes: number[][]): Program =>
  trace(f)(...shapes.map((shape) => zeros(shape)))

test('a two-layer network, printed', () => {
  type Layer = { weight: Tensor; bias: Tensor }
  const network = (params: Layer[], x: Tensor): Tensor => {
    const [first, second] = params as [Layer, Layer]
    const hidden = tanh(add(matmul(x, first.weight), first.bias))
    return logSoftmax(add(matmul(hidden, second.weight), second.bias))
  }
  const layer = (n: number, m: number): Layer => ({ weight: zeros([n, m]), bias: zeros([m]) })
  const program = optimize(trace(network)([layer(64, 32), layer(32, 10)], zeros([16, 64])))
  expect(printProgram(program)).toBe(
    `program(%0: f32[64,32], %1: f32[32], %2: f32[32,10], %3: f32[10], %4: f32[16,64]) {
  %5: f32[16,32] = matmul %4 %0 { transposeA=false transposeB=false }
  %6: f32[16,32] = add %5 %1
  %7: f32[16,32] = tanh %6
  %8: f32[16,10] = matmul %7 %2 { transposeA=false transposeB=false }
  %9: f32[16,10] = add %8 %3
  %10: f32[16,1] = max %9 { axes=[1] keepDims=true }
  %11: f32[16,10] = sub %9 %10
  %12: f32[16,10] = exp %11
  %13: f32[16,1] = sum %12 { axes=[1] keepDims=true }
  %14: f32[16,1] = log %13
  %15: f32[16,10] = sub %11 %14
  return %15
}`,
  )
})

test('the program that ARCHITECTURE.md shows is the one that its code makes', () => {
  const step = compile(
    (w: Tensor, x: Tensor, y: Tensor) => {
      const [loss, gradient] = valueAndGrad((v: Tensor) => square(sub(tanh(sum(mul(v, x))), y)))(w)
      return { w: sub(w, mul(gradient, 0.1)), loss }
    },
    { donate: [0] },
  )
  expect(architecture).toContain(printProgram(step.program(zeros([3]), zeros([3]), zeros([]))))
})

test('a training step, printed: captured and donated inputs, keys, special numbers', () => {
  const target = tensor([1, 2])
  const step = compile(
    (w: Tensor, random: Key) => {
      const noise = randomNormal(fold(random, 3), [2])
      const [loss, g] = valueAndGrad((v: Tensor) => mean(square(sub(mul(v, noise), target))))(w)
      return { w: sub(w, mul(g, -0)), loss: div(loss, Infinity) }
    },
    { donate: [0] },
  )
  const text = printProgram(step.program(zeros([2]), key(0)))
  expect(text.split('\n')[0]).toBe('program(%0: f32[2] donated, %1: f32[2] captured, key0) {')
  expect(text).toContain('= random { distribution="normal" key=key0.fold(3) }')
  expect(text).toContain('= full { value=Infinity }')
  expect(text).toContain('= full { value=-0 }')
})

test('a program is plain data', () => {
  const program = traced((x) => reshape(sum(exp(x), { axes: [0] }), [3, 1]), [2, 3])
  expect(JSON.parse(JSON.stringify(program))).toEqual(program)
})

test('trace records everything, with inputs first', () => {
  const bias = tensor([1, 2])
  const program = trace((p: { a: Tensor }, x: Tensor) => {
    sin(x)
    return add(mul(p.a, x), bias)
  })({ a: zeros([2]) }, zeros([2]))
  expect(program.inputs.map(({ id, role }) => [id, role])).toEqual([
    [0, 'argument'],
    [1, 'argument'],
    [2, 'captured'],
  ])
  expect(names(program)).toEqual(['sin', 'mul', 'add'])
  expect(program.instructions[2]!.inputs).toEqual([4, 2])
  expect(program.outputs).toEqual([5])
})

test('equal functions give equal programs', () => {
  const one = traced((x, y) => add(mul(x, y), 1), [2], [2])
  const other = traced(
    (x, y) => {
      const product = mul(x, y)
      sin(product)
      return add(product, 1)
    },
    [2],
    [2],
  )
  expect(optimize(other)).toEqual(optimize(one))
})

test('dead code goes, inputs stay', () => {
  const program = optimize(traced((x, y) => (exp(y), neg(x)), [2], [3]))
  expect(names(program)).toEqual(['neg'])
  expect(program.inputs).toHaveLength(2)
})

test('equal instructions merge, unequal ones do not', () => {
  expect(names(optimize(traced((x) => add(exp(x), exp(x)), [2])))).toEqual(['exp', 'add'])
  expect(names(optimize(traced((x) => [sum(x, { axes: [0] }), sum(x, { axes: [1] })], [2, 2])))).toHaveLength(2)
  const zerosOfBothSigns = traced((x) => [add(x, full([], 0)), add(x, full([], -0))], [2])
  expect(names(optimize(zerosOfBothSigns))).toHaveLength(4)
  const draws = trace((k: Key) => [
    randomUniform(fold(k, 1), [2]),
    randomUniform(fold(k, 2), [2]),
    randomUniform(fold(k, 1), [2]),
  ])(key(0))
  expect(names(optimize(draws))).toEqual(['random', 'random'])
})

test('constants are folded, rounded as the dtype rounds', () => {
  const folded = optimize(traced((x) => add(x, mul(full([2], 0.1), 3)), [2]))
  expect(names(folded)).toEqual(['full', 'add'])
  const { params, shape } = folded.instructions[0] as Extract<Instruction, { primitive: 'full' }>
  expect(params.value).toBe(Math.fround(Math.fround(0.1) * 3))
  expect(shape).toEqual([])
  expect(names(optimize(traced((x) => mul(x, full([2], 1)), [2])))).toEqual([])
  expect(names(optimize(traced((x) => add(x, sum(full([3], 2))), [2])))).toEqual(['full', 'add'])
  // Whole numbers wrap and truncate in the backend: they are left to it.
  const whole = trace((x: Tensor) => add(x, mul(full([], 3, { dtype: 'int32' }), 2)))(tensor([1], { dtype: 'int32' }))
  expect(names(optimize(whole))).toEqual(['full', 'full', 'mul', 'add'])
})

test('reshapes and broadcasts to the same shape go', () => {
  const program = traced((x) => broadcastTo(reshape(neg(x), [2, 3]), [2, 3]), [2, 3])
  expect(names(optimize(program))).toEqual(['neg'])
})

test('optimizing changes no result: random expressions', () => {
  type Make = (xs: Tensor[]) => Tensor
  const leaf: fc.Arbitrary<Make> = fc.oneof(
    fc.nat(1).map(
      (i): Make =>
        (xs) =>
          xs[i]!,
    ),
    fc.constantFrom(0, 1, -1, 0.5, 2).map(
      (value): Make =>
        () =>
          full([2, 2], value),
    ),
    fc.constantFrom(1, 3).map(
      (value): Make =>
        () =>
          broadcastTo(full([], value), [2, 2]),
    ),
  )
  const node = fc.letrec<{ tree: Make }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc
        .tuple(
          fc.constantFrom(neg, tanh, relu, transpose, (x: Tensor) => reshape(x, [2, 2])),
          tie('tree'),
        )
        .map(
          ([f, a]): Make =>
            (xs) =>
              f(a(xs)),
        ),
      fc
        .tuple(
          fc.constantFrom(add, sub, mul, (a: Tensor, b: Tensor) => div(a, add(square(b), 1))),
          tie('tree'),
          tie('tree'),
        )
        .map(
          ([f, a, b]): Make =>
            (xs) =>
              f(a(xs), b(xs)),
        ),
      fc.tuple(tie('tree'), tie('tree')).map(
        ([a, b]): Make =>
          (xs) =>
            matmul(a(xs), b(xs)),
      ),
    ),
  })).tree
  const [x, y] = [
    tensor([
      [1, -2],
      [0.5, 3],
    ]),
    tensor([
      [0, 1],
      [-1, 2],
    ]),
  ]
  fc.assert(
    fc.property(node, (make) => {
      const f = (a: Tensor, b: Tensor): Tensor => add(make([a, b]), 0)
      const eager = f(x, y).dataSync()
      const compiled = compile(f)(x, y).dataSync()
      eager.forEach((value, i) => expect(compiled[i]).toBeCloseTo(value, 4))
    }),
    { numRuns: 100, seed: 1 },
  )
})

test('optimizing changes no result where there are no elements, down to the sign of 0', () => {
  for (const value of [-3, -0, 0, 2, Infinity])
    for (const [shape, axes] of [
      [[0], [0]],
      [[2, 0], [1]],
      [[0, 2], [0]],
      [[0, 2], [1]],
    ])
      for (const f of [full, (to: readonly number[], at: number) => mul(full(to, 1), at)]) {
        const total = (x: Tensor): Tensor => add(sum(f(shape!, value), { axes: axes! }), x)
        const negativeZero = tensor(-0)
        expect(compile(total)(negativeZero).dataSync()).toEqual(total(negativeZero).dataSync())
      }
})

const kinds = ({ slots }: Schedule): string[] => slots.map(({ kind }) => kind)

test('views share the slot of what they view, and are no steps', () => {
  const { steps } = schedule(traced((x) => sum(reshape(exp(x), [4]), { axes: [0] }), [2, 2]))
  expect(steps.map(({ at, operands, out }) => [at, operands, out])).toEqual([
    [0, [0], 1],
    [2, [1], 2],
  ])
  // The shape is that of the view, which is value 2.
  expect(steps[1]!.values).toEqual([2])
})

test('a chain of elementwise operations takes one temporary; constants stay', () => {
  const plan = schedule(traced((x) => sum(add(sin(exp(neg(x))), full([2], 3)), { axes: [0] }), [2]))
  expect(kinds(plan)).toEqual(['input', 'constant', 'temporary', 'output'])
  expect(plan.slots.map(({ offset }) => offset)).toEqual([-1, 0, 16, -1])
  expect(plan.bytes).toBe(16 + 8)
  expect(plan.steps.map(({ inPlace }) => inPlace)).toEqual([false, true, true, true, false])
  expect(plan.steps.map(({ dies }) => dies)).toEqual([[], [2], [2], [2, 1], [2]])
})

test('what depends on constants alone is done once, unless it comes out', () => {
  const f = (x: Tensor): Tensor[] => {
    const row = mul(arange(0, 2), full([2, 1], 3))
    return [add(x, reshape(row, [4])), exp(row)]
  }
  const program = traced(f, [4])
  const plan = schedule(program)
  const made = (steps: readonly Step[]): string[] => steps.map(({ at }) => program.instructions[at]!.primitive)
  expect(made(plan.constants)).toEqual(['arange', 'full', 'mul'])
  expect(made(plan.steps)).toEqual(['add', 'exp'])
  // Their operands are of no use after that: what comes later may lie there.
  expect(kinds(plan)).toEqual(['input', 'temporary', 'temporary', 'constant', 'output', 'output'])
})

test('random numbers are no constants', () => {
  const program = trace((k: Key) => neg(randomUniform(k, [2])))(key(1))
  expect(schedule(program).constants).toEqual([])
})

test('a result is never written over an operand that is read in another order', () => {
  const plan = schedule(traced((x) => neg(transpose(exp(x))), [2, 2]))
  expect(plan.steps.map(({ inPlace }) => inPlace)).toEqual([false, false, false])
  expect(kinds(plan)).toEqual(['input', 'temporary', 'temporary', 'output'])
})

test('an updated parameter takes the memory of the donated one', () => {
  const step = compile((w: Tensor, g: Tensor) => sub(w, mul(g, 0.1)), { donate: [0, 1] })
  const plan = schedule(step.program(zeros([3]), zeros([3])))
  expect(plan.outputs).toEqual([0])
  expect(plan.unreturned).toEqual([1])
  expect(kinds(plan)).toEqual(['input', 'input', 'constant', 'temporary'])
})

test('what nothing needs is not scheduled', () => {
  const program = traced(
    (x) => {
      exp(x)
      return neg(x)
    },
    [2],
  )
  expect(schedule(program).steps.map(({ at }) => at)).toEqual([1])
})

test('a fusion is a step of its own, and what only it needed goes', () => {
  const program = traced((x, y) => add(tanh(x), mul(y, exp(x))), [2], [2])
  const fuse = ({ instructions }: Program, uses: ReadonlyMap<number, number>): Fusion[] =>
    instructions.flatMap(({ primitive, inputs }, at) => {
      const product = instructions.find(({ id }) => id === inputs[1])
      if (primitive !== 'add' || product === undefined || uses.get(product.id) !== 1) return []
      return [{ name: 'fma', at, inputs: [inputs[0]!, ...product.inputs], inPlace: false, params: { rounds: 'once' } }]
    })
  const plan = schedule(program, { fuse })
  expect(plan.steps.map(({ at, fusion }) => [program.instructions[at]!.primitive, fusion])).toEqual([
    ['tanh', -1],
    ['exp', -1],
    ['add', 0],
  ])
  const last = operationOf(plan, plan.steps[2]!)
  expect(last.fusion).toMatchObject({ name: 'fma', params: { rounds: 'once' } })
  expect(last.inputs.map(({ shape }) => shape)).toEqual([[2], [2], [2]])
  expect(plan.steps[2]!.inPlace).toBe(false)
})

test('a backend says whether a fusion may be written over what it reads', () => {
  const program = traced((x) => sum(neg(transpose(exp(x))), { axes: [0] }), [2, 2])
  const temporaries = (inPlace: boolean): number => {
    const plan = schedule(program, { fuse: () => [{ name: 'turned', at: 2, inputs: [1], inPlace }] })
    return kinds(plan).filter((kind) => kind === 'temporary').length
  }
  expect([temporaries(true), temporaries(false)]).toEqual([1, 2])
})

test('a fusion at a reshape makes a value of it', () => {
  const program = traced((x) => exp(reshape(x, [4])), [2, 2])
  const plan = schedule(program, { fuse: () => [{ name: 'reshape', at: 0, inputs: [0], inPlace: false }] })
  expect(plan.steps.map(({ at, operands, out }) => [at, operands, out])).toEqual([
    [0, [0], 1],
    [1, [1], 2],
  ])
})

test('a schedule is plain data', () => {
  const step = compile((w: Tensor, g: Tensor) => [sub(w, mul(g, 0.1)), sum(g)], { donate: [0] })
  const plan = schedule(step.program(zeros([3]), zeros([3])))
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
})

test('no two values that live at the same time share a slot', () => {
  const random = fc.array(fc.tuple(fc.nat(5), fc.nat(100), fc.nat(100)), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(random, fc.nat(3), (steps, keepLast) => {
      const f = (x: Tensor, y: Tensor): Tensor[] => {
        const values = [x, y]
        for (const [kind, i, k] of steps) {
          const a = values[i % values.length]!
          const b = values[k % values.length]!
          const makers = [
            () => exp(a),
            () => add(a, b),
            () => transpose(a),
            () => matmul(a, b),
            () => reshape(neg(a), [2, 2]),
            () => concatHalf(a, b),
          ]
          values.push(makers[kind]!())
        }
        return values.slice(-1 - keepLast)
      }
      const program = optimize(trace(f)(zeros([2, 2]), zeros([2, 2])))
      checkPlan(program)
    }),
    { numRuns: 200, seed: 7 },
  )

  function concatHalf(a: Tensor, b: Tensor): Tensor {
    return concat([sum(a, { axes: [0], keepDims: true }), sum(b, { axes: [0], keepDims: true })])
  }
})

/** Replays a schedule with names in place of numbers: whoever reads a slot must find the value it asks for. */
function checkPlan(program: Program): void {
  const { inputs, instructions } = program
  const { slots, constants, steps, outputs, bytes } = schedule(program)
  const idOf = (value: number): number => (inputs[value] ?? instructions[value - inputs.length]!).id
  const defined = new Map(instructions.map((instruction) => [instruction.id, instruction]))
  const root = (id: number): number => {
    const made = defined.get(id)
    return made?.primitive === 'reshape' ? root(made.inputs[0]!) : id
  }
  const holds = new Map<number, number>(inputs.map(({ id }, i) => [i, id]))
  const dead = new Set<number>()
  for (const { at, values, operands, out, inPlace, dies } of [...constants, ...steps]) {
    const { id, primitive, inputs: read, shape, dtype } = instructions[at]!
    expect(values.map(idOf)).toEqual(read)
    expect(operands.map((slot) => holds.get(slot))).toEqual(read.map(root))
    for (const input of read) expect(dead).not.toContain(root(input))
    expect(inPlace).toBe(operands.includes(out))
    if (!ELEMENTWISE.has(primitive)) expect(inPlace).toBe(false)
    expect(slots[out]!.dtype).toBe(dtype)
    expect(slots[out]!.length).toBeGreaterThanOrEqual(sizeOf(shape))
    for (const slot of dies) dead.add(holds.get(slot)!)
    // Whatever lay there is of no use any more.
    if (holds.has(out) && out >= inputs.length) expect(dead).toContain(holds.get(out))
    holds.set(out, id)
  }
  expect(outputs.map((slot) => holds.get(slot))).toEqual(program.outputs.map(root))
  // The arena: in order, aligned, and no slot reaches into the next.
  let end = 0
  for (const { offset, length, dtype } of slots.filter((slot) => slot.offset >= 0)) {
    expect(offset % 16).toBe(0)
    expect(offset).toBeGreaterThanOrEqual(end)
    end = offset + length * BYTES_PER_ELEMENT[dtype]
  }
  expect(bytes).toBe(end)
}
