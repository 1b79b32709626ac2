import type { Executable } from '../backend/v1.js'
import type { KeyWords } from '../random/key.js'
import type { TensorSpec } from '../tensor/dtype.js'
import type { Slot } from './memory.js'
import { operationOf, type Fusion, type Operation, type Schedule, type Step } from './schedule.js'

/** The keys of the run that is under way. */
export type Keys = () => readonly KeyWords[]

/** Runs one step into `out`. Beyond three operands come `more`; where there are fewer, `out` fills up. */
export type Run<S extends object> = (out: S, a: S, b: S, c: S, ...more: S[]) => void

/** A device whose steps write where they are told to. */
export interface Planned<S extends object, F extends Fusion = never> {
  /** Makes a step ready, once. */
  bind(operation: Operation<F>, keys: Keys): Run<S>
  /** The storage of a constant or a temporary, which is kept. */
  reserve(slot: Slot): S
  /** New storage for an output. */
  allocate(spec: TensorSpec): S
  /** Takes back what was donated, or is left of a run that failed. */
  release(storage: S): void
}

/** A device whose steps return storage of their own. */
export interface Functional<S extends object, F extends Fusion = never> {
  /** Makes a step ready, once. */
  bind(operation: Operation<F>, keys: Keys): (inputs: readonly S[]) => S
  /** Takes back what nothing reads any more. */
  release(storage: S): void
  /** How constants are kept from run to run; without it they are made at each. */
  readonly constants?: { keep(storage: S, spec: TensorSpec): S; drop(storage: S): void }
}

/** A step made ready: slots of its result and its operands. */
interface Bound<S extends object> {
  readonly run: Run<S>
  readonly out: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly more: readonly number[]
}

/** What steps ask for the keys of a run. */
interface Current {
  keys: readonly KeyWords[]
}

/** What {@link loop} works with. */
interface Prepared<S extends object> {
  readonly plan: Schedule
  /** What lies in each slot. */
  readonly values: (S | undefined)[]
  readonly current: Current
  readonly steps: readonly Bound<S>[]
  /** Slots whose storage a run that fails has to give back. */
  readonly owned: readonly number[]
  /** Outputs that steps must find allocated. */
  readonly fresh: readonly { readonly slot: number; readonly spec: TensorSpec }[]
  readonly allocate?: (spec: TensorSpec) => S
  readonly release: (storage: S) => void
}

const NONE: readonly never[] = []

/**
 * An executable that follows a schedule in planned memory: a warm run makes nothing but those outputs that no donated
 * input can hold. For backends whose steps can write into storage that they are given.
 *
 * @example
 * ```ts
 * import { allocate, execute, exp, schedule, sizeOf, tensor, trace, type Tensor, type TypedArray } from '@neurite/core'
 * const plan = schedule(trace((x: Tensor) => exp(x))(tensor([0, 0])))
 * const { run } = execute<TypedArray>(plan, {
 *   bind: () => (out, x) => out.forEach((_, i) => (out[i] = Math.exp(x[i]!))),
 *   reserve: ({ dtype, length }) => allocate(dtype, length),
 *   allocate: ({ dtype, shape }) => allocate(dtype, sizeOf(shape)),
 *   release: () => {},
 * })
 * run([Float32Array.of(0, 0)], [])[0] // => [1, 1]
 * ```
 */
export function execute<S extends object, F extends Fusion = never>(
  plan: Schedule<F>,
  { bind, reserve, allocate, release }: Planned<S, F>,
): Executable<S> {
  const { program, slots } = plan
  const values = slots.map((slot) => (slot.offset < 0 ? undefined : reserve(slot)))
  const current: Current = { keys: NONE }
  const ready = (step: Step): Bound<S> => {
    const { out, operands } = step
    const [a = out, b = out, c = out, ...more] = operands
    return { run: bind(operationOf(plan, step), () => current.keys), out, a, b, c, more }
  }
  for (const step of plan.constants) runStep(values, ready(step))
  const made = plan.steps.filter(({ out }) => slots[out]!.kind === 'output')
  const fresh = made.map(({ at, out }) => ({ slot: out, spec: program.instructions[at]! }))
  const owned = [...donatedInputs(plan), ...fresh.map(({ slot }) => slot)]
  const steps = plan.steps.map(ready)
  return {
    run: loop({ plan, values, current, steps, owned, fresh, allocate, release }),
    dispose: () => void values.fill(undefined),
  }
}

/**
 * An executable that follows a schedule step by step, where each step returns storage of its own, which is released
 * after its last reader. For backends that leave memory to their device.
 *
 * @example
 * ```ts
 * import { executeByValue, exp, schedule, tensor, trace, type Tensor, type TypedArray } from '@neurite/core'
 * const plan = schedule(trace((x: Tensor) => exp(exp(x)))(tensor([0, 0])))
 * let released = 0
 * const { run } = executeByValue<TypedArray>(plan, {
 *   bind: () => ([x]) => x!.map(Math.exp),
 *   release: () => void released++,
 * })
 * run([Float32Array.of(0, -Infinity)], [])[0] // => [Math.fround(Math.E), 1]
 * released // => 1
 * ```
 */
export function executeByValue<S extends object, F extends Fusion = never>(
  plan: Schedule<F>,
  { bind, release, constants: keeping }: Functional<S, F>,
): Executable<S> {
  const { slots } = plan
  const values = slots.map((): S | undefined => undefined)
  const current: Current = { keys: NONE }
  const isKept = (slot: number): boolean => keeping !== undefined && slots[slot]!.kind === 'constant'
  const drop = (slot: number): void => {
    const storage = values[slot]
    values[slot] = undefined
    if (storage === undefined) return
    if (isKept(slot)) keeping!.drop(storage)
    else release(storage)
  }
  const ready = (step: Step): Bound<S> => {
    const { out, operands } = step
    const operation = operationOf(plan, step)
    const evaluate = bind(operation, () => current.keys)
    const dying = step.dies.filter((slot) => !isKept(slot))
    const run = (): void => {
      const result = evaluate(operands.map((slot) => values[slot]!))
      dying.forEach(drop)
      // What may still lie there is a donated input that nothing reads: this output takes its place.
      drop(out)
      values[out] = isKept(out) ? keeping!.keep(result, operation.instruction) : result
    }
    return { run, out, a: out, b: out, c: out, more: NONE }
  }
  const all = slots.map((_, slot) => slot)
  const [once, each] = [plan.constants, plan.steps].map((steps) => steps.map(ready)) as [Bound<S>[], Bound<S>[]]
  if (keeping !== undefined) {
    try {
      for (const step of once) runStep(values, step)
    } catch (error) {
      all.forEach(drop)
      throw error
    }
  }
  const steps = keeping === undefined ? [...once, ...each] : each
  const owned = [...donatedInputs(plan), ...all.filter((slot) => slots[slot]!.kind !== 'input' && !isKept(slot))]
  return {
    run: loop({ plan, values, current, steps, owned, fresh: NONE, release }),
    dispose: () => all.forEach(drop),
  }
}

/** The one loop: binds what a run brings, makes the outputs, runs the steps, gives back. */
function loop<S extends object>({
  plan: { program, slots, outputs, unreturned },
  values,
  current,
  steps,
  owned,
  fresh,
  allocate,
  release,
}: Prepared<S>): Executable<S>['run'] {
  /** What is the caller's, before a run or after it, and is not held on to. */
  const passing = slots.flatMap(({ kind }, slot) => (kind === 'input' || kind === 'output' ? [slot] : []))
  const giveBack = (slot: number): void => {
    const storage = values[slot]
    values[slot] = undefined
    if (storage !== undefined) release(storage)
  }
  return (inputs, keys) => {
    current.keys = keys
    for (let i = 0; i < program.inputs.length; i++) values[i] = inputs[i]
    try {
      for (let i = 0; i < fresh.length; i++) values[fresh[i]!.slot] = allocate!(fresh[i]!.spec)
      for (let i = 0; i < steps.length; i++) runStep(values, steps[i]!)
    } catch (error) {
      owned.forEach(giveBack)
      for (const slot of passing) values[slot] = undefined
      throw error
    }
    for (let i = 0; i < unreturned.length; i++) giveBack(unreturned[i]!)
    const results = new Array<S>(outputs.length)
    for (let i = 0; i < outputs.length; i++) results[i] = values[outputs[i]!]!
    for (let i = 0; i < passing.length; i++) values[passing[i]!] = undefined
    return results
  }
}

function runStep<S extends object>(values: readonly (S | undefined)[], { run, out, a, b, c, more }: Bound<S>): void {
  if (more.length === 0) run(values[out]!, values[a]!, values[b]!, values[c]!)
  else run(values[out]!, values[a]!, values[b]!, values[c]!, ...more.map((slot) => values[slot]!))
}

function donatedInputs({ program }: Schedule): number[] {
  return program.inputs.flatMap(({ donated }, slot) => (donated ? [slot] : []))
}
