import type { Executable } from '../backend/v1.js'
import type { KeyWords } from '../random/key.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { alone, drop, NONE, runStep, type Bound, type Current } from './bound.js'
import { iterate } from './iterate.js'
import type { Slot } from './memory.js'
import { operationOf, type Fusion, type Operation, type Schedule, type Step } from './schedule.js'

/** The keys of the run that is under way. */
export type RunKeys = () => readonly KeyWords[]

/** Runs one step into `out`. Beyond three operands come `more`; where there are fewer, `out` fills up. */
export type StepRun<S extends object> = (out: S, a: S, b: S, c: S, ...more: S[]) => void

/** A device whose steps write where they are told to. */
export interface PlannedDevice<S extends object, F extends Fusion = never> {
  /** Makes a step ready, once. */
  bind(operation: Operation<F>, keys: RunKeys): StepRun<S>
  /** The storage of a constant or a temporary, which is kept. */
  reserve(slot: Slot): S
  /** New storage for an output. */
  allocate(spec: TensorSpec): S
  /** Takes back what was donated, or is left of a run that failed. */
  release(storage: S): void
  /** How a device goes through stacks; with it, an executable has `runMany`. */
  readonly stacks?: Stacks<S>
}

/** Slices of a storage, in elements. */
export interface Stacks<S extends object> {
  /** A storage that shares these elements. It is read, and not released. */
  slice(stack: S, from: number, length: number): S
  /** Copies a whole storage into a larger one. */
  put(value: S, stack: S, at: number): void
}

/** A device whose steps return storage of their own. */
export interface ValueDevice<S extends object, F extends Fusion = never> {
  /** Makes a step ready, once. */
  bind(operation: Operation<F>, keys: RunKeys): (inputs: readonly S[]) => S
  /** Takes back what nothing reads any more. */
  release(storage: S): void
  /** How constants are kept from run to run; without it they are made at each. */
  readonly constants?: { keep(storage: S, spec: TensorSpec): S; drop(storage: S): void }
}

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
  { bind, reserve, allocate, release, stacks }: PlannedDevice<S, F>,
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
  const outputs = plan.steps.filter(({ out }) => slots[out]!.kind === 'output')
  const allocations = outputs.map(({ at, out }) =>
    alone<S>(out, () => void (values[out] = allocate(program.instructions[at]!))),
  )
  const steps = plan.steps.map(ready)
  return {
    run: loop(plan, values, current, [...allocations, ...steps], ({ offset }) => offset < 0, release),
    ...(stacks && { runMany: iterate(plan, values, current, steps, { allocate, release, stacks }) }),
    dispose: () => void values.fill(undefined),
  }
}

/**
 * An executable that follows a schedule step by step, where each step returns storage of its own, which is released
 * after its last reader. For backends that leave memory to their device.
 *
 * @example
 * ```ts
 * import { executeByValue, neg, schedule, tensor, trace, type Tensor, type TypedArray } from '@neurite/core'
 * const plan = schedule(trace((x: Tensor) => neg(neg(x)))(tensor([0, 0])))
 * let released = 0
 * const { run } = executeByValue<TypedArray>(plan, {
 *   bind: () => ([x]) => x!.map((value) => -value),
 *   release: () => void released++,
 * })
 * run([Float32Array.of(1, 2)], [])[0] // => [1, 2]
 * released // => 1
 * ```
 */
export function executeByValue<S extends object, F extends Fusion = never>(
  plan: Schedule<F>,
  { bind, release, constants: keeping }: ValueDevice<S, F>,
): Executable<S> {
  const { slots } = plan
  const values = slots.map((): S | undefined => undefined)
  const current: Current = { keys: NONE }
  const isKept = ({ kind }: Slot): boolean => keeping !== undefined && kind === 'constant'
  const ready = (step: Step): Bound<S> => {
    const { operands, out } = step
    const operation = operationOf(plan, step)
    const evaluate = bind(operation, () => current.keys)
    const dying = step.dies.filter((slot) => !isKept(slots[slot]!))
    const keeps = isKept(slots[out]!)
    return alone(out, () => {
      const result = evaluate(operands.map((slot) => values[slot]!))
      for (const slot of dying) drop(values, slot, release)
      // What may still lie there is a donated input that nothing reads: this output takes its place.
      drop(values, out, release)
      values[out] = keeps ? keeping!.keep(result, operation.instruction) : result
    })
  }
  const dispose = (): void => {
    slots.forEach((slot, i) => drop(values, i, isKept(slot) ? keeping!.drop : release))
  }
  const [once, each] = [plan.constants.map(ready), plan.steps.map(ready)]
  if (keeping !== undefined) {
    try {
      for (const step of once) runStep(values, step)
    } catch (error) {
      dispose()
      throw error
    }
  }
  const steps = keeping === undefined ? [...once, ...each] : each
  return { run: loop(plan, values, current, steps, (slot) => !isKept(slot), release), dispose }
}

/**
 * The one loop: takes what a run brings, runs the steps, gives back. If one throws, whatever lies in a slot goes back,
 * except inputs that were only lent. `passes` says of which slots a run leaves nothing.
 */
function loop<S extends object>(
  { program: { inputs: given }, slots, outputs, unreturned }: Schedule,
  values: (S | undefined)[],
  current: Current,
  steps: readonly Bound<S>[],
  passes: (slot: Slot) => boolean,
  release: (storage: S) => void,
): Executable<S>['run'] {
  const passing = slots.flatMap((slot, i) => (passes(slot) ? [i] : []))
  return (inputs, keys) => {
    current.keys = keys
    for (let i = 0; i < given.length; i++) values[i] = inputs[i]
    try {
      for (let i = 0; i < steps.length; i++) runStep(values, steps[i]!)
    } catch (error) {
      for (const slot of passing) {
        if (given[slot]?.donated === false) values[slot] = undefined
        drop(values, slot, release)
      }
      throw error
    }
    for (let i = 0; i < unreturned.length; i++) drop(values, unreturned[i]!, release)
    const results = new Array<S>(outputs.length)
    for (let i = 0; i < outputs.length; i++) results[i] = values[outputs[i]!]!
    for (let i = 0; i < passing.length; i++) values[passing[i]!] = undefined
    return results
  }
}
