import {
  compile,
  grad,
  matmul,
  mul,
  reshape,
  setDefaultBackend,
  sub,
  sum,
  tensor,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { describe, expect, test } from 'vitest'
import * as optimizers from '../src/index.js'
import golden from './golden/optimizers.json' with { type: 'json' }
import { counting } from './support/host.js'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Attrs {
  readonly learningRate: number
  readonly weightDecayIs?: string
  readonly schedule?: { readonly kind: string }
}

// The file describes schedules in words of its own.
const SCHEDULES: Readonly<Record<string, (options: never) => optimizers.LearningRateSchedule>> = {
  step: optimizers.stepDecay,
  exponential: optimizers.exponentialDecay,
  cosine: optimizers.cosineDecay,
}

function make(name: string, { weightDecayIs: _, schedule, ...options }: Attrs): optimizers.Optimizer {
  const factories: Readonly<Record<string, unknown>> = optimizers
  if (schedule === undefined) return (factories[name] as (options: object) => optimizers.Optimizer)(options)
  const { kind, ...rest } = schedule
  return optimizers.sgd({ learningRate: SCHEDULES[kind]!({ initial: options.learningRate, ...rest } as never) })
}

describe('chapter 4.3.4, optimizers: every step of PyTorch', () => {
  for (const [i, { name, attrs, A, b, w0, trajectory, learningRates }] of golden.cases.entries()) {
    for (const [mode, dtype, tolerance] of [
      ['eager', 'float64', 2e-9],
      ['compiled', 'float64', 2e-9],
      ['compiled', 'float32', 5e-6],
    ] as const) {
      test(`${name} #${i}, ${mode} in ${dtype}`, async () => {
        const { backend, programs } = counting()
        setDefaultBackend(backend)
        const to = ({ shape, data }: Numbers): Tensor => tensor([...data], { shape, dtype })
        const optimizer = make(name, attrs)
        const a = to(A)
        const c = to(b)
        const f = (w: Tensor): Tensor =>
          sub(mul(sum(mul(w, reshape(matmul(a, reshape(w, [3, 1])), [3]))), 0.5), sum(mul(c, w)))
        const step = (params: { w: Tensor }, state: Tree) => {
          const rate = optimizers.currentLearningRate(optimizer, state)
          const [updates, next] = optimizer.update(grad((p: typeof params) => f(p.w))(params), state, params)
          return { params: optimizers.applyUpdates(params, updates), state: next, rate }
        }
        const run = mode === 'eager' ? step : compile(step, { donate: [0, 1] })
        let params = { w: to(w0) }
        let state = optimizer.init(params)
        expect(trajectory.length).toBeGreaterThan(0)
        for (const [k, expected] of trajectory.entries()) {
          const result = run(params, state)
          ;({ params, state } = result)
          const w = await params.w.data()
          expected.forEach((value, j) =>
            expect(Math.abs(w[j]! - value), `step ${k}, w[${j}]: ${w[j]} for ${value}`).toBeLessThan(
              tolerance * Math.max(1, Math.abs(value)),
            ),
          )
          expect(await result.rate.item()).toBeCloseTo(learningRates[k]!, 9)
        }
        expect(programs).toHaveLength(mode === 'eager' ? 0 : 1)
      })
    }
  }
})
