import { cpu } from '@neurite/backend-cpu'
import { compile, setDefaultBackend, type Tensor } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import {
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  oneCycle,
  piecewise,
  polynomialDecay,
  scheduleFrom,
  stepDecay,
  warmup,
  type LearningRateSchedule,
} from '../src/index.js'
import { counting, int32, single } from './support/host.js'

setDefaultBackend(cpu())

const half = (from: number, to: number, x: number): number => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * x))

/** The restarts as PyTorch counts them: one cosine after the other. */
function restarts(initial: number, steps: number, growth: number, low: number): (step: number) => number {
  return (step) => {
    let length = steps
    let start = 0
    while (step >= start + length) {
      start += length
      length *= growth
    }
    return half(initial, low, (step - start) / length)
  }
}

const CASES: Readonly<Record<string, readonly [LearningRateSchedule, (step: number) => number]>> = {
  constant: [constantSchedule(0.3), () => 0.3],
  stepDecay: [stepDecay({ initial: 0.1, every: 7, factor: 0.5 }), (s) => 0.1 * 0.5 ** Math.floor(s / 7)],
  'stepDecay, factor 0.1': [stepDecay({ initial: 1, every: 30 }), (s) => 0.1 ** Math.floor(s / 30)],
  exponentialDecay: [exponentialDecay({ initial: 0.1, factor: 0.9 }), (s) => 0.1 * 0.9 ** s],
  'exponentialDecay, every 10': [
    exponentialDecay({ initial: 0.1, factor: 0.5, every: 10 }),
    (s) => 0.1 * 0.5 ** (s / 10),
  ],
  cosineDecay: [cosineDecay({ initial: 0.1, steps: 40, minimum: 0.01 }), (s) => half(0.1, 0.01, Math.min(1, s / 40))],
  cosineRestarts: [cosineRestarts({ initial: 0.1, steps: 7 }), restarts(0.1, 7, 1, 0)],
  'cosineRestarts, twice as long': [
    cosineRestarts({ initial: 0.2, steps: 3, growth: 2, minimum: 0.05 }),
    restarts(0.2, 3, 2, 0.05),
  ],
  'cosineRestarts, three times as long': [
    cosineRestarts({ initial: 0.2, steps: 10, growth: 3 }),
    restarts(0.2, 10, 3, 0),
  ],
  polynomialDecay: [polynomialDecay({ initial: 0.1, steps: 50 }), (s) => 0.1 * (1 - Math.min(1, s / 50))],
  'polynomialDecay, squared': [
    polynomialDecay({ initial: 0.1, steps: 50, end: 0.02, power: 2 }),
    (s) => 0.02 + 0.08 * (1 - Math.min(1, s / 50)) ** 2,
  ],
  piecewise: [piecewise({ boundaries: [10, 25], values: [0.3, 0.2, 0.1] }), (s) => (s < 10 ? 0.3 : s < 25 ? 0.2 : 0.1)],
  'piecewise without boundaries': [piecewise({ boundaries: [], values: [0.3] }), () => 0.3],
  warmup: [warmup({ steps: 10, then: 0.1 }), (s) => 0.1 * Math.min(1, s / 10)],
  'warmup, then a decay': [
    warmup({ steps: 10, from: 0.02, then: exponentialDecay({ initial: 0.1, factor: 0.9 }) }),
    (s) => (s < 10 ? 0.02 + (0.08 * s) / 10 : 0.1 * 0.9 ** (s - 10)),
  ],
  // PyTorch 1.13: OneCycleLR(max_lr=0.1, total_steps=60), cos, div_factor 25, final_div_factor 1e4.
  oneCycle: [
    oneCycle({ peak: 0.1, steps: 60 }),
    (s) => (s <= 17 ? half(0.004, 0.1, s / 17) : half(0.1, 4e-7, Math.min(1, (s - 17) / 42))),
  ],
  scheduleFrom: [scheduleFrom((s) => 1 / (1 + s), { steps: 60 }), (s) => 1 / (1 + Math.min(s, 59))],
}

describe('chapter 4.5, learning rate: schedules follow their formulas', () => {
  for (const [name, [schedule, formula]] of Object.entries(CASES)) {
    test(`${name}, one program for all steps`, async () => {
      const { backend, programs } = counting()
      const compiled = compile((step: Tensor) => schedule(step))
      for (let step = 0; step < 70; step++) {
        const rate = await compiled(int32(step, backend)).item()
        expect(Math.abs(rate - formula(step)), `step ${step}: ${rate} for ${formula(step)}`).toBeLessThan(1e-12)
      }
      expect(programs).toHaveLength(1)
    })

    test(`${name}, where there is no float64`, async () => {
      const backend = single()
      for (let step = 0; step < 70; step++) {
        const rate = schedule(int32(step, backend))
        expect(rate.dtype).toBe('float32')
        expect(Math.abs((await rate.item()) - formula(step)), `step ${step}`).toBeLessThan(2e-6)
      }
    })
  }

  test('restarts fall on their step, also far out', async () => {
    const schedule = cosineRestarts({ initial: 1, steps: 10, growth: 2 })
    for (let cycle = 1; cycle < 12; cycle++) {
      const start = 10 * (2 ** cycle - 1)
      for (const backend of [single(), cpu()]) {
        expect(await schedule(int32(start, backend)).item()).toBeCloseTo(1, 5)
        expect(await schedule(int32(start - 1, backend)).item()).toBeLessThan(0.05)
      }
    }
  })

  test('oneCycle ends where PyTorch ends', async () => {
    const schedule = oneCycle({ peak: 0.1, steps: 60 })
    expect(await schedule(int32(0)).item()).toBeCloseTo(0.1 / 25, 12)
    expect(await schedule(int32(17)).item()).toBeCloseTo(0.1, 12)
    expect(await schedule(int32(59)).item()).toBeCloseTo(0.1 / 25 / 1e4, 12)
  })
})

test('wrong options are named', () => {
  expect(() => stepDecay({ initial: -1, every: 3 })).toThrow(/stepDecay: initial must be a finite number >= 0, got -1/)
  expect(() => stepDecay({ initial: 1, every: 0 })).toThrow(/every/)
  expect(() => stepDecay({ initial: 1, every: 1, gamma: 2 } as never)).toThrow(/UNKNOWN_OPTION/)
  expect(() => exponentialDecay({ initial: 1 } as never)).toThrow(/factor/)
  expect(() => cosineDecay({ initial: 1, steps: 1.5 })).toThrow(/steps must be a whole number >= 1/)
  expect(() => cosineRestarts({ initial: 1, steps: 2, growth: 0.5 })).toThrow(/growth/)
  expect(() => polynomialDecay({ initial: 1, steps: 2, power: NaN })).toThrow(/power/)
  expect(() => piecewise({ boundaries: [3, 3], values: [1, 2, 3] })).toThrow(/boundaries/)
  expect(() => piecewise({ boundaries: [3], values: [1] })).toThrow(/values/)
  expect(() => piecewise({ boundaries: [3], values: [1, -1] })).toThrow(/values\[1\]/)
  expect(() => warmup({ steps: 3, then: -1 })).toThrow(/then must be a finite number >= 0 or a schedule, got -1/)
  expect(() => warmup({ steps: 3, then: 1, from: Infinity })).toThrow(/from/)
  expect(() => oneCycle({ peak: 1, steps: 3 })).toThrow(/warmupShare/)
  expect(() => scheduleFrom(() => NaN, { steps: 2 })).toThrow(/f\(0\)/)
  expect(() => scheduleFrom(3 as never, { steps: 2 })).toThrow(/function/)
  expect(() => constantSchedule('1' as never)).toThrow(/value/)
})
