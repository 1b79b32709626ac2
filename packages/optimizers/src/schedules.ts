import type { Tensor } from '@neurite/core'
import { configFrom } from './config.js'
import { precision, rateOn, type LearningRateSchedule } from './learning-rate.js'
import {
  add,
  aFunction,
  cast,
  checkArgument,
  cos,
  div,
  either,
  exp,
  floor,
  gather,
  less,
  listOf,
  log1p,
  maximum,
  minimum,
  mul,
  must,
  number,
  or,
  pow,
  readOptions,
  sub,
  tensor,
  where,
  takesNoOptions,
} from './ops.js'
import { count, notNegative, positive } from './readers.js'

const floating = (step: Tensor): Tensor => cast(step, precision(step.backend))

/** The share of `steps` that is over, from 0 to 1. */
function progress(step: Tensor, steps: number): Tensor {
  return minimum(mul(floating(step), 1 / steps), 1)
}

/** Half a cosine: `from` at x = 0, `to` at x = 1. */
function halfCosine(x: Tensor, from: number, to: number): Tensor {
  return add(mul(cos(mul(x, Math.PI)), (from - to) / 2), (from + to) / 2)
}

/** A schedule that says what it is. */
function schedule(kind: string, options: object, rate: (step: Tensor) => Tensor): LearningRateSchedule {
  return Object.assign(rate, { config: configFrom(kind, options) })
}

const aSchedule = /* @__PURE__ */ must(
  'a schedule',
  (value): value is LearningRateSchedule => typeof value === 'function',
)

/**
 * The same rate at every step: what a plain number is too.
 *
 * @param value - finite, >= 0
 */
export function constantSchedule(value: number, ...none: readonly []): LearningRateSchedule {
  takesNoOptions('constantSchedule', none)
  notNegative('constantSchedule', 'value', value)
  return schedule('constantSchedule', { value }, ({ backend }) => rateOn(backend, value))
}

/**
 * initial * factor^floor(step / every): a staircase.
 *
 * @param options - `initial` >= 0; `every` how many steps a stair has; `factor` >= 0, default 0.1
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { stepDecay } from '@neurite/optimizers'
 * const schedule = stepDecay({ initial: 0.1, every: 4, factor: 0.5 })
 * await schedule(tensor(7, { dtype: 'int32' })).item() // => 0.05
 * ```
 */
export function stepDecay(options: {
  readonly initial: number
  readonly every: number
  readonly factor?: number
}): LearningRateSchedule {
  const { initial, every, factor } = readOptions('stepDecay', options, {
    initial: notNegative,
    every: count,
    factor: or(0.1, notNegative),
  })
  return schedule('stepDecay', { initial, every, factor }, (step) =>
    mul(pow(factor, floor(mul(add(floating(step), 0.5), 1 / every))), initial),
  )
}

/**
 * initial * factor^(step / every), smoothly.
 *
 * @param options - `initial` >= 0; `factor` >= 0; `every` default 1 step
 */
export function exponentialDecay(options: {
  readonly initial: number
  readonly factor: number
  readonly every?: number
}): LearningRateSchedule {
  const { initial, factor, every } = readOptions('exponentialDecay', options, {
    initial: notNegative,
    factor: notNegative,
    every: or(1, count),
  })
  return schedule('exponentialDecay', { initial, factor, every }, (step) =>
    mul(pow(factor, mul(floating(step), 1 / every)), initial),
  )
}

/**
 * From `initial` down half a cosine to `minimum`, reached after `steps` and kept (Loshchilov & Hutter 2017, without restarts).
 *
 * @param options - `initial` >= 0; `steps`; `minimum` >= 0, default 0
 */
export function cosineDecay(options: {
  readonly initial: number
  readonly steps: number
  readonly minimum?: number
}): LearningRateSchedule {
  const {
    initial,
    steps,
    minimum: low,
  } = readOptions('cosineDecay', options, { initial: notNegative, steps: count, minimum: or(0, notNegative) })
  return schedule('cosineDecay', { initial, steps, minimum: low }, (step) =>
    halfCosine(progress(step, steps), initial, low),
  )
}

/**
 * Half cosines from `initial` to `minimum` one after the other, each `growth` times as long as the one before (Loshchilov & Hutter 2017).
 *
 * @param options - `initial` >= 0; `steps` of the first; `growth` >= 1, default 1; `minimum` >= 0, default 0
 */
export function cosineRestarts(options: {
  readonly initial: number
  readonly steps: number
  readonly growth?: number
  readonly minimum?: number
}): LearningRateSchedule {
  const {
    initial,
    steps,
    growth,
    minimum: low,
  } = readOptions('cosineRestarts', options, {
    initial: notNegative,
    steps: count,
    growth: or(1, number('[1, Infinity)')),
    minimum: or(0, notNegative),
  })
  return schedule('cosineRestarts', { initial, steps, growth, minimum: low }, (step) => {
    // In units of the first cosine. Half a step away from the edges, where rounding cannot reach.
    const x = mul(floating(step), 1 / steps)
    const inside = add(x, 0.5 / steps)
    if (growth === 1) return halfCosine(sub(x, floor(inside)), initial, low)
    // Cosine n begins at (growth^n - 1) / (growth - 1) and is growth^n long.
    const rate = Math.log(growth)
    const length = exp(mul(floor(mul(log1p(mul(inside, growth - 1)), 1 / rate)), rate))
    return halfCosine(div(sub(x, mul(sub(length, 1), 1 / (growth - 1))), length), initial, low)
  })
}

/**
 * Along a power from `initial` to `end`, reached after `steps` and kept: end + (initial - end) (1 - step / steps)^power.
 *
 * @param options - `initial` >= 0; `steps`; `end` >= 0, default 0; `power` >= 0, default 1: a straight line
 */
export function polynomialDecay(options: {
  readonly initial: number
  readonly steps: number
  readonly end?: number
  readonly power?: number
}): LearningRateSchedule {
  const { initial, steps, end, power } = readOptions('polynomialDecay', options, {
    initial: notNegative,
    steps: count,
    end: or(0, notNegative),
    power: or(1, notNegative),
  })
  return schedule('polynomialDecay', { initial, steps, end, power }, (step) =>
    add(mul(pow(sub(1, progress(step, steps)), power), initial - end), end),
  )
}

/**
 * A rate for each stretch between boundaries: values[i] before step boundaries[i], the last value from the last boundary on.
 *
 * @param options - `boundaries`: rising whole numbers >= 1; `values`: one more, each >= 0
 */
export function piecewise(options: {
  readonly boundaries: readonly number[]
  readonly values: readonly number[]
}): LearningRateSchedule {
  const { boundaries, values } = readOptions('piecewise', options, {
    boundaries: listOf(count),
    values: listOf(notNegative),
  })
  checkArgument(
    boundaries.every((b, i) => b > (boundaries[i - 1] ?? 0)) && values.length === boundaries.length + 1,
    () => `piecewise: boundaries must be rising whole numbers >= 1, values one more; got ${JSON.stringify(options)}.`,
  )
  return schedule('piecewise', { boundaries, values }, (step) =>
    boundaries.reduceRight(
      (later, boundary, i) => where(less(step, boundary), values[i]!, later),
      constantSchedule(values.at(-1)!)(step),
    ),
  )
}

/**
 * A straight line up from `from`, reached in `steps`, then another rate or schedule, which begins its own count there (Goyal et al. 2017).
 *
 * @param options - `steps`; `then`; `from` >= 0, default 0, the rate of the very first step
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { cosineDecay, warmup } from '@neurite/optimizers'
 * const schedule = warmup({ steps: 10, then: cosineDecay({ initial: 0.1, steps: 90 }) })
 * await schedule(tensor(5, { dtype: 'int32' })).item() // => 0.05
 * await schedule(tensor(55, { dtype: 'int32' })).item() // => 0.05
 * ```
 */
export function warmup(options: {
  readonly steps: number
  readonly then: number | LearningRateSchedule
  readonly from?: number
}): LearningRateSchedule {
  const { steps, then, from } = readOptions('warmup', options, {
    steps: count,
    then: either('a finite number >= 0 or a schedule', notNegative, aSchedule),
    from: or(0, notNegative),
  })
  const next = typeof then === 'function' ? then : constantSchedule(then)
  return schedule('warmup', { steps, then, from }, (step) => {
    const peak = cast(next(maximum(sub(step, steps), 0)), precision(step.backend))
    return add(mul(sub(peak, from), progress(step, steps)), from)
  })
}

/**
 * Up half a cosine to `peak` and down another to almost nothing (Smith & Topin 2018), as PyTorch's OneCycleLR.
 *
 * @param options - `peak` >= 0; `steps` in all; `warmupShare` in (0, 1) of them go up, default 0.3; it begins at
 * peak / `initialDivisor` (default 25) and ends at that over `finalDivisor` (default 10000)
 */
export function oneCycle(options: {
  readonly peak: number
  readonly steps: number
  readonly warmupShare?: number
  readonly initialDivisor?: number
  readonly finalDivisor?: number
}): LearningRateSchedule {
  const { peak, steps, warmupShare, initialDivisor, finalDivisor } = readOptions('oneCycle', options, {
    peak: notNegative,
    steps: count,
    warmupShare: or(0.3, number('(0, 1)')),
    initialDivisor: or(25, positive),
    finalDivisor: or(1e4, positive),
  })
  const top = warmupShare * steps - 1
  checkArgument(top > 0, () => `oneCycle: warmupShare ${warmupShare} of ${steps} steps must be more than one step.`)
  const initial = peak / initialDivisor
  return schedule('oneCycle', { peak, steps, warmupShare, initialDivisor, finalDivisor }, (step) => {
    const t = floating(step)
    const up = halfCosine(mul(t, 1 / top), initial, peak)
    const down = halfCosine(minimum(mul(sub(t, top), 1 / (steps - 1 - top)), 1), peak, initial / finalDivisor)
    return where(less(t, top), up, down)
  })
}

/**
 * Any function from the number of a step to a rate, as a table that the step count looks up: nothing runs on the host between steps.
 *
 * @param f - called at once for 0, 1, ... steps - 1; must give finite numbers >= 0
 * @param options - `steps`: how long the table is; the last rate is kept afterwards
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { scheduleFrom } from '@neurite/optimizers'
 * const schedule = scheduleFrom((step) => 1 / (1 + step), { steps: 100 })
 * await schedule(tensor(4, { dtype: 'int32' })).item() // => 0.2
 * ```
 */
export function scheduleFrom(f: (step: number) => number, options: { readonly steps: number }): LearningRateSchedule {
  aFunction('scheduleFrom', 'f', f)
  const { steps } = readOptions('scheduleFrom', options, { steps: count })
  const rates = Float64Array.from({ length: steps }, (_, step) => f(step))
  rates.forEach((rate, step) => notNegative('scheduleFrom', `f(${step})`, rate))
  const checksum = rates.reduce((sum, rate, step) => sum + rate * (step + 1), 0)
  return schedule('scheduleFrom', { steps, checksum }, (step) =>
    gather(tensor(rates, { dtype: precision(step.backend), backend: step.backend }), minimum(step, steps - 1)),
  )
}
