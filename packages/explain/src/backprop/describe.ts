import {
  ELEMENTWISE,
  full,
  reshape,
  sameShape,
  stack,
  tensor,
  tidy,
  type GradientStep,
  type NestedArray,
  type PrimitiveName,
  type Recording,
  type Tensor,
} from '@neurite/core'
import { nameOf, partial } from './chain-rule.js'
import { constant, named, type Expression } from './expression.js'
import { downstreamFormula, localFormula, valueFormula, type Application } from './formulas.js'
import type { BackpropTrace, TraceInput, TraceNode } from './trace.js'
import { uniformValue } from './values.js'
import { writeLatex } from './write-latex.js'

/** A name for what the last of some inputs goes into: the value before an activation. */
export interface PreActivation {
  /** Places of the inputs. */
  readonly leaves: readonly number[]
  readonly name: string
}

/** Jacobians have at most this many elements. */
const LARGEST_JACOBIAN = 1024

/** A recording as plain data, with formulas. */
export async function describe(
  recording: Recording,
  inputNames: readonly string[],
  loss: string,
  preActivations: readonly PreActivation[],
): Promise<BackpropTrace> {
  const { values, gradients, output } = recording
  // What sends nothing towards the loss explains nothing.
  const steps = recording.steps.filter((step) => gradients[step.output] !== undefined)
  const makers = new Map(steps.map((step) => [step.output, step]))
  const names = new Map<number, string>()
  for (const [name, place] of Object.entries(recording.named))
    if (place !== undefined && !names.has(place)) names.set(place, name)
  inputNames.forEach((name, i) => names.set(i, name))
  names.set(output, names.get(output) ?? loss)
  for (const { leaves, name } of preActivations) {
    const place = steps.filter(({ inputs }) => inputs.some((input) => leaves.includes(input))).at(-1)?.output
    if (place !== undefined && !names.has(place) && ![...names.values()].includes(name)) names.set(place, name)
  }
  const given = new Set(names.keys())

  // Evaluation order; a constant stands before its first use.
  const order: number[] = Array.from({ length: recording.leaves }, (_, i) => i)
  const ids = new Map(order.map((place) => [place, place]))
  const visit = (place: number): void => {
    if (ids.has(place)) return
    ids.set(place, order.length)
    order.push(place)
  }
  for (const step of steps) [...step.inputs, step.output].forEach(visit)
  visit(output)

  const numbers = new Map<number, NestedArray>()
  for (const place of order) numbers.set(place, await values[place]!.toArray())
  let constants = 0
  let intermediates = 0
  for (const place of order) {
    if (names.has(place)) continue
    const number = uniformValue(numbers.get(place)!)
    if (makers.has(place)) names.set(place, `v_{${++intermediates}}`)
    else names.set(place, number === undefined ? `C_{${++constants}}` : writeLatex(constant(number)))
  }

  const nodes: TraceNode[] = []
  const refer = (place: number): Expression =>
    place < recording.leaves ? named(names.get(place)!, values[place]!.shape) : nameOf(nodes[ids.get(place)!]!)
  for (const place of order) {
    const { shape } = values[place]!
    const step = makers.get(place)
    const name = names.get(place)!
    const gradient = gradients[place]
    const base = {
      id: ids.get(place)!,
      name,
      named: given.has(place),
      shape,
      value: numbers.get(place)!,
      gradient: gradient === undefined ? null : await gradient.toArray(),
    }
    if (step === undefined) {
      nodes.push({
        ...base,
        kind: place < recording.leaves ? 'input' : 'constant',
        primitive: null,
        params: {},
        formula: name,
        inputs: [],
      })
      continue
    }
    const application: Application = {
      primitive: step.primitive,
      params: step.params as Application['params'],
      inputs: step.inputs.map(refer),
      output: named(name, shape),
    }
    const upstream = name === loss ? constant(1) : partial(loss, name, shape)
    const inputs: TraceInput[] = []
    for (const [k, from] of step.inputs.entries()) {
      const downstream = step.downstream[k] ?? null
      const local = localFormula(application, k) ?? downstreamFormula(application, k, named('\\cdot', shape))
      inputs.push({
        from: ids.get(from)!,
        localFormula: downstream === null ? '0' : writeLatex(local),
        local: downstream === null ? null : await localGradient(step, k, values),
        downstreamFormula: downstream === null ? null : writeLatex(downstreamFormula(application, k, upstream)),
        downstream: downstream === null ? null : await downstream.toArray(),
      })
    }
    nodes.push({
      ...base,
      kind: 'operation',
      primitive: step.primitive,
      params: application.params,
      formula: writeLatex(valueFormula(application)),
      inputs,
    })
  }
  return { nodes, output: ids.get(output)! }
}

/** The local gradient in numbers: see {@link TraceInput.local}. */
async function localGradient(step: GradientStep, k: number, values: readonly Tensor[]): Promise<NestedArray | null> {
  const output = values[step.output]!
  const input = values[step.inputs[k]!]!
  const { dtype, backend } = output
  const local = tidy(() => {
    if (ELEMENTWISE.has(step.primitive as PrimitiveName) && sameShape(input.shape, output.shape))
      return step.pullback(full(output.shape, 1, { dtype, backend }))[k]!
    if (output.size * input.size > LARGEST_JACOBIAN) return null
    const rows = Array.from({ length: output.size }, (_, i) => {
      const unit = Float64Array.from({ length: output.size }, (_, j) => (i === j ? 1 : 0))
      return step.pullback(tensor(unit, { shape: output.shape, dtype, backend }))[k]!
    })
    return reshape(stack(rows), [...output.shape, ...input.shape])
  })
  const numbers = local === null ? null : await local.toArray()
  local?.dispose()
  return numbers
}
