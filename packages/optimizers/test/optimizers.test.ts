import { cpu } from '@neurite/backend-cpu'
import {
  compile,
  disposeTree,
  setDefaultBackend,
  tensor,
  tensorsIn,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { describe, expect, test } from 'vitest'
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  adjustableLearningRate,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  constantSchedule,
  cosineDecay,
  currentLearningRate,
  accumulate,
  ema,
  gradientDescent,
  lion,
  nadam,
  rmsprop,
  scale,
  setLearningRate,
  sgd,
  type Optimizer,
} from '../src/index.js'
import { counting, float64, numbers, shaping } from './support/host.js'

const backend = cpu()
setDefaultBackend(backend)

const ALL: Readonly<Record<string, (options?: object) => Optimizer>> = {
  sgd,
  rmsprop,
  adam,
  adamw,
  adagrad,
  adadelta,
  adamax,
  nadam,
  lion,
}

/** The params after each of a list of gradients. */
function run(optimizer: Optimizer, start: readonly number[], gradients: readonly (readonly number[])[]): number[][] {
  let params = { w: float64([...start]) }
  let state = optimizer.init(params)
  return gradients.map((gradient) => {
    const [updates, next] = optimizer.update({ w: float64([...gradient]) }, state, params)
    params = applyUpdates(params, updates)
    state = next
    return numbers(params.w)
  })
}

function expectClose(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((row, i) => row.forEach((value, j) => expect(value, `step ${i}`).toBeCloseTo(expected[i]![j]!, 12)))
}

const GRADIENTS = [
  [1, -2],
  [0.5, 3],
  [-4, 0],
  [0.25, 1e-3],
  [2, 2],
]

describe('formulas beyond the golden file', () => {
  test('sgd with dampening: the first gradient counts in full (PyTorch)', () => {
    const w = [1, 1]
    let m: number[] = []
    const expected = GRADIENTS.map((g, t) => {
      m = g.map((x, i) => (t === 0 ? x : 0.9 * m[i]! + 0.6 * x))
      w.forEach((_, i) => (w[i]! -= 0.1 * m[i]!))
      return [...w]
    })
    expectClose(run(sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.4 }), [1, 1], GRADIENTS), expected)
  })

  test('lion: the sign of one mean, the memory of another, decay beside', () => {
    const w = [1, 1]
    const m = [0, 0]
    const expected = GRADIENTS.map((g) => {
      g.forEach((x, i) => {
        w[i]! -= 0.01 * (Math.sign(0.9 * m[i]! + 0.1 * x) + 0.3 * w[i]!)
        m[i] = 0.99 * m[i]! + 0.01 * x
      })
      return [...w]
    })
    expectClose(run(lion({ learningRate: 0.01, weightDecay: 0.3 }), [1, 1], GRADIENTS), expected)
  })

  test('adagrad with an initial accumulator', () => {
    const w = [1, 1]
    const sums = [0.5, 0.5]
    const expected = GRADIENTS.map((g) => {
      g.forEach((x, i) => {
        sums[i]! += x * x
        w[i]! -= (0.1 * x) / (Math.sqrt(sums[i]!) + 1e-10)
      })
      return [...w]
    })
    expectClose(run(adagrad({ learningRate: 0.1, initialAccumulator: 0.5 }), [1, 1], GRADIENTS), expected)
  })

  test('beta 0 forgets at once: adam moves by the sign', () => {
    const expected = [0.9, 1.1].map((w) => [w])
    expect(run(adam({ learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 0 }), [1, 1], [[3, -0.01]])[0]).toEqual(
      expected.map(([w]) => expect.closeTo(w!, 12)),
    )
  })

  test('centered rmsprop stays finite for a constant gradient, where the variance rounds below 0', () => {
    const path = run(
      rmsprop({ centered: true, decay: 0.5 }),
      [1, 1],
      Array.from({ length: 60 }, () => [0.1, 1e6]),
    )
    expect(path.flat().every(Number.isFinite)).toBe(true)
  })

  test('gradientDescent is sgd without options of its own', () => {
    expect(run(gradientDescent({ learningRate: 0.5 }), [1, 1], GRADIENTS)).toEqual(
      run(sgd({ learningRate: 0.5 }), [1, 1], GRADIENTS),
    )
    expect(() => gradientDescent({ momentum: 0.9 } as never)).toThrow(/UNKNOWN_OPTION/)
  })

  for (const [name, make] of Object.entries(ALL)) {
    test(`${name}: a schedule that is constant and an adjustable rate change nothing`, () => {
      const plain = run(make({ learningRate: 0.25 }), [1, 1], GRADIENTS)
      expectClose(run(make({ learningRate: constantSchedule(0.25) }), [1, 1], GRADIENTS), plain)
      expectClose(run(make({ learningRate: adjustableLearningRate(0.25) }), [1, 1], GRADIENTS), plain)
    })

    test(`${name}: a learning rate of 0 moves nothing`, () => {
      expect(
        run(make({ learningRate: 0 }), [1, 1], GRADIENTS)
          .flat()
          .every((w) => w === 1),
      ).toBe(true)
    })
  }
})

describe('weight decay', () => {
  const params = { layers: [{ weight: float64([2]), bias: float64([2]) }], scale: float64([2]) }
  const zero = { layers: [{ weight: float64([0]), bias: float64([0]) }], scale: float64([0]) }
  const moved = (optimizer: Optimizer): boolean[] =>
    tensorsIn(optimizer.update(zero, optimizer.init(params), params)[0]).map((update) => numbers(update)[0] !== 0)

  test('a mask by path, by tree, by subtree', () => {
    const paths: string[] = []
    expect(
      moved(sgd({ weightDecay: 0.1, weightDecayMask: (path) => (paths.push(path), path.endsWith('weight')) })),
    ).toEqual([true, false, false])
    expect(paths).toEqual(['layers[0].weight', 'layers[0].bias', 'scale'])
    expect(moved(adamw({ weightDecayMask: { layers: [{ weight: true, bias: false }], scale: true } }))).toEqual([
      true,
      false,
      true,
    ])
    expect(moved(lion({ weightDecay: 1, weightDecayMask: { layers: true, scale: false } }))).toEqual([
      true,
      true,
      false,
    ])
    expect(moved(adamw())).toEqual([true, true, true])
    expect(moved(adam())).toEqual([false, false, false])
  })

  test('a mask that leaves a tensor out is refused by its path', () => {
    const optimizer = sgd({ weightDecay: 0.1, weightDecayMask: { layers: [{ weight: true }], scale: true } })
    expect(() => optimizer.update(zero, optimizer.init(params), params)).toThrow(
      /sgd: weightDecayMask must say true or false for each tensor, got undefined for layers\[0\]\.bias/,
    )
  })

  test('adamw decays beside the gradient, adam through it', () => {
    const decayed = (optimizer: Optimizer): number => run(optimizer, [2], [[0]])[0]![0]!
    expect(decayed(adamw({ learningRate: 0.1, weightDecay: 0.5 }))).toBeCloseTo(2 * (1 - 0.05), 12)
    // Through the gradient, Adam divides the decay by itself: a step of the learning rate.
    expect(decayed(adam({ learningRate: 0.1, weightDecay: 0.5 }))).toBeCloseTo(2 - 0.1, 6)
  })
})

describe('the learning rate', () => {
  const params = { w: float64([1]) }
  const g = { w: float64([1]) }
  const rate = (optimizer: Optimizer, state: Tree): number => numbers(currentLearningRate(optimizer, state))[0]!

  test('is that of the next update, through chain, accumulate and ema', () => {
    const schedule = cosineDecay({ initial: 1, steps: 2 })
    const wrapped = chain(clipByGlobalNorm(1), ema(accumulate(sgd({ learningRate: schedule }), { every: 1 })))
    let state = wrapped.init(params)
    expect(rate(wrapped, state)).toBe(1)
    const [updates, next] = wrapped.update(g, state, params)
    expect(numbers((updates as typeof params).w)).toEqual([-1])
    state = next
    expect(rate(wrapped, state)).toBeCloseTo(0.5, 12)
  })

  test('an adjustable one changes between steps of one program', () => {
    const { backend: counted, programs } = counting()
    const optimizer: Optimizer = chain(clipByGlobalNorm(100), ema(adam({ learningRate: adjustableLearningRate(0.5) })))
    let p = { w: float64([1], counted) }
    let state = optimizer.init(p)
    const step = compile(
      (q: typeof p, s: Tree, grads: typeof p) => {
        const [updates, after] = optimizer.update(grads, s, q)
        return { p: applyUpdates(q, updates), state: after, rate: currentLearningRate(optimizer, s) }
      },
      { donate: [0, 1] },
    )
    const rates: number[] = []
    for (const value of [0.5, 0.25, 0.125]) {
      state = setLearningRate(optimizer, state, value)
      const result = step(p, state, { w: float64([1], counted) })
      rates.push(numbers(result.rate)[0]!)
      ;({ p, state } = result)
    }
    expect(rates).toEqual([0.5, 0.25, 0.125])
    expect(numbers(p.w)[0]).toBeCloseTo(1 - 0.875, 6)
    expect(programs).toHaveLength(1)
  })

  test('cannot be set or read where there is none', () => {
    const optimizer = sgd({ learningRate: 0.1 })
    expect(() => setLearningRate(optimizer, optimizer.init(params), 0.2)).toThrow(/adjustableLearningRate/)
    const adjustable = sgd({ learningRate: adjustableLearningRate(1) })
    expect(() => setLearningRate(adjustable, adjustable.init(params), -1)).toThrow(
      /sgd: the learning rate must be a finite number >= 0, got -1/,
    )
    expect(() => currentLearningRate(scale(2), {})).toThrow(/this optimizer has none/)
  })

  test('writing to an optimizer is an error, not silence', () => {
    const optimizer = sgd({ learningRate: 0.1 }) as { learningRate: unknown }
    expect(() => (optimizer.learningRate = 0)).toThrow(TypeError)
  })
})

describe('options', () => {
  test('unknown ones are refused by name', () => {
    for (const [name, make] of Object.entries(ALL))
      expect(() => make({ lr: 1 })).toThrow(`${name}: unknown option 'lr'`)
  })

  const WRONG: readonly (readonly [(options: never) => Optimizer, object, RegExp])[] = [
    [
      sgd,
      { learningRate: -0.1 },
      /sgd: learningRate must be a finite number >= 0, a schedule, or adjustableLearningRate\(number\), got -0.1/,
    ],
    [sgd, { learningRate: '0.1' }, /learningRate/],
    [sgd, { learningRate: null }, /learningRate/],
    [sgd, { momentum: 1 }, /sgd: momentum must be a number in \[0, 1\), got 1/],
    [sgd, { nesterov: true }, /nesterov needs momentum/],
    [sgd, { nesterov: 'yes', momentum: 0.9 }, /nesterov must be true or false/],
    [sgd, { momentum: 0.9, nesterov: true, dampening: 0.1 }, /dampening 0/],
    [sgd, { weightDecay: -1 }, /weightDecay/],
    [rmsprop, { decay: 1 }, /rmsprop: decay/],
    [rmsprop, { epsilon: -1 }, /epsilon/],
    [adam, { beta1: 1 }, /adam: beta1 must be a number in \[0, 1\), got 1/],
    [adam, { beta2: -0.1 }, /beta2/],
    [adamw, { epsilon: NaN }, /adamw: epsilon/],
    [adagrad, { initialAccumulator: -1 }, /initialAccumulator/],
    [adadelta, { epsilon: 0 }, /epsilon must be a finite number > 0/],
    [adadelta, { rho: 1 }, /rho/],
    [adamax, { beta2: 1 }, /adamax: beta2/],
    [nadam, { momentumDecay: -1 }, /momentumDecay/],
    [lion, { beta2: 1 }, /lion: beta2/],
  ]
  for (const [make, options, message] of WRONG) {
    test(`${make.name} ${JSON.stringify(options)}`, () => {
      expect(() => make(options as never)).toThrow(message)
    })
  }
})

describe('state', () => {
  const params = { a: tensor([1, 2]), b: [tensor([[3]])] }
  const g = { a: tensor([1, 2]), b: [tensor([[3]])] }

  test('holds the step count only where something needs it', () => {
    const names = (optimizer: Optimizer): string[] => Object.keys(optimizer.init(params)).sort()
    expect(names(sgd())).toEqual([])
    expect(names(sgd({ momentum: 0.9 }))).toEqual(['momentum'])
    expect(names(sgd({ learningRate: constantSchedule(1) }))).toEqual(['step'])
    expect(names(adam())).toEqual(['gradients', 'squares', 'step'])
    expect(names(adam({ amsgrad: true }))).toEqual(['gradients', 'largest', 'squares', 'step'])
    const { step } = adam().init(params) as { step: Tensor }
    expect([step.dtype, step.shape]).toEqual(['int32', []])
  })

  test("is on the params' backend, not on the default one", () => {
    const other = cpu()
    const here = { w: tensor([1], { backend: other }) }
    for (const make of Object.values(ALL)) {
      const optimizer = accumulate(make({ learningRate: adjustableLearningRate(1) }), { every: 2 })
      expect(tensorsIn(optimizer.init(here)).every((x) => x.backend === other)).toBe(true)
    }
  })

  for (const [name, make] of Object.entries(ALL)) {
    test(`${name}: 50 eager steps leave nothing behind`, () => {
      const optimizer = chain(
        clipByGlobalNorm(1),
        ema(accumulate(make({ learningRate: adjustableLearningRate(0.1), weightDecay: 0.1 }), { every: 3 })),
      )
      let state = optimizer.init(params)
      const before = backend.memory().buffers
      for (let i = 0; i < 50; i++) {
        const [updates, next] = optimizer.update(g, state, params)
        disposeTree([updates, state])
        state = next
      }
      expect(backend.memory().buffers).toBe(before)
      disposeTree(state)
    })
  }

  test('params without tensors are no trouble', () => {
    for (const make of Object.values(ALL)) {
      const optimizer = make()
      expect(optimizer.update([{}], optimizer.init([{}]), [{}])[0]).toEqual([{}])
    }
  })

  test('the state of another optimizer is refused', () => {
    const other = sgd({ momentum: 0.9 }).init(params)
    for (const optimizer of [adam(), rmsprop(), sgd({ learningRate: constantSchedule(1) })]) {
      expect(() => optimizer.update(g, other, params)).toThrow(
        /the state is another optimizer's; begin with init\(params\)/,
      )
    }
  })

  test('gradients of another structure are refused', () => {
    const optimizer = adam()
    expect(() => optimizer.update({ a: g.a }, optimizer.init(params), params)).toThrow(/structure/)
  })
})

describe('the compiled step is short', () => {
  const leaves = 6
  const params = Array.from({ length: leaves }, (_, i) => tensor([i, 1]))
  const count = (optimizer: Optimizer): number => {
    const step = compile((p: Tensor[], s: Tree, g: Tensor[]) => {
      const [updates, next] = optimizer.update(g, s, p)
      return [applyUpdates(p, updates), next]
    })
    // Literals are no work: a backend makes them once.
    return step
      .program(params, optimizer.init(params), params)
      .instructions.filter(({ primitive }) => primitive !== 'full').length
  }

  test('instructions per param, and per step', () => {
    expect(count(sgd())).toBe(2 * leaves)
    expect(count(sgd({ momentum: 0.9 }))).toBe(4 * leaves)
    expect(count(sgd({ learningRate: adjustableLearningRate(1) }))).toBe(2 * leaves + 1)
    expect(count(adam())).toBe(10 * leaves + 11)
    expect(count(rmsprop())).toBe(8 * leaves)
    // All gradients are joined for the norm; those of weights are reshaped.
    expect(count(chain(clipByGlobalNorm(1), sgd()))).toBe(3.5 * leaves + 15)
  })
})

test('what is the same for all params is computed once a step, also where nothing is compiled', () => {
  const scalars = (make: (options: object) => Optimizer, leaves: number): number => {
    const { backend: noting, shapes } = shaping()
    const optimizer = make({ learningRate: adjustableLearningRate(0.1), weightDecay: 0.1 })
    const params = Array.from({ length: leaves }, () => tensor([1, 2], { backend: noting }))
    const state = optimizer.init(params)
    shapes.length = 0
    disposeTree([optimizer.update(params, state, params), state, params])
    expect(shapes).toContainEqual([2])
    return shapes.filter((shape) => shape.length === 0).length
  }
  for (const [name, make] of Object.entries(ALL)) expect(scalars(make, 4), name).toBe(scalars(make, 1))
})

test('an init that fails leaves nothing behind', () => {
  /** A cpu backend whose memory is full after some tensors. */
  const small = (room: number): Backend => {
    const base: Backend = cpu()
    const full: typeof base.kernels.full = (inputs, params, output) => {
      if (base.memory().buffers >= room) throw new Error('no memory')
      return base.kernels.full(inputs, params, output)
    }
    return { ...base, kernels: { ...base.kernels, full } }
  }
  const optimizers: Readonly<Record<string, Optimizer>> = {
    ...Object.fromEntries(
      Object.entries(ALL).map(([name, make]) => [name, make({ learningRate: adjustableLearningRate(1) })]),
    ),
    chain: chain(adam(), sgd({ momentum: 0.9 })),
    ema: ema(adam()),
    accumulate: accumulate(adam(), { every: 2 }),
  }
  for (const [name, optimizer] of Object.entries(optimizers))
    for (let room = 2; ; room++) {
      const backend = small(room)
      const params = [tensor([1], { backend }), { b: tensor([2], { backend }) }]
      let failed = true
      try {
        optimizer.init(params)
        failed = false
      } catch (error) {
        expect((error as Error).message).toBe('no memory')
        expect(backend.memory().buffers, `${name}, room for ${room}`).toBe(2)
      }
      if (!failed) break
    }
})

test.each(Object.entries(ALL))('%s: params of two dtypes move as each would alone', (_, make) => {
  const optimizer = chain(
    clipByGlobalNorm(1e6),
    make({ learningRate: cosineDecay({ initial: 0.5, steps: 9 }), weightDecay: 0.1 }),
  )
  const start = { single: tensor([1, -2]), double: tensor([3], { dtype: 'float64' }) }
  const twoSteps = <P extends Tree>(params: P): P => {
    let now = params
    let state = optimizer.init(params)
    for (let i = 0; i < 2; i++) {
      const [updates, next] = optimizer.update(now, state, now)
      now = applyUpdates(now, updates)
      state = next
    }
    return now
  }
  for (const params of [start, { double: start.double, single: start.single }]) {
    const both = twoSteps(params)
    expect([both.single.dtype, both.double.dtype]).toEqual(['float32', 'float64'])
    const alone = { single: twoSteps({ x: start.single }).x, double: twoSteps({ x: start.double }).x }
    for (const name of ['single', 'double'] as const)
      // The step's shared numbers stand in the first dtype.
      expect(numbers(both[name])).toEqual(numbers(alone[name]).map((x) => expect.closeTo(x, 5) as number))
  }
})

test('clipByGlobalNorm: one norm over both dtypes', () => {
  const params = { a: tensor([3, 0]), b: tensor([4], { dtype: 'float64' }) }
  const [clipped] = clipByGlobalNorm(1).update(params, {}, params)
  const { a, b } = clipped as typeof params
  expect([a.dtype, b.dtype]).toEqual(['float32', 'float64'])
  expect(numbers(a)).toEqual([expect.closeTo(0.6, 6), 0])
  expect(numbers(b)).toEqual([expect.closeTo(0.8, 14)])
})
