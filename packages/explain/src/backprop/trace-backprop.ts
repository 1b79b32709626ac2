import {
  checkArgument,
  ELEMENTWISE,
  full,
  isTensor,
  recordGradients,
  reshape,
  sameShape,
  stack,
  tensor,
  tidy,
  type ArraySource,
  type GradientStep,
  type NestedArray,
  type PrimitiveName,
  type Recording,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { asGiven, aString, or, readOptions, aTree, optional, either, must } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import { probed } from '../network/probe.js'
import { toTensor } from '../network/to-tensor.js'
import { downstreamFormula, localFormula, valueFormula, whole, type Application } from './formulas.js'
import { defaultNames, type Names } from './names.js'
import type { BackpropTrace, TraceInput, TraceNode } from './trace.js'

/** Gives a value a name in the trace, LaTeX such as `z_{1}` or `\varphi(y_{2})`, and returns it. */
export type Name = (name: string, value: Tensor) => Tensor

/** Options of {@link traceBackprop}. */
export interface TraceOptions<X> {
  /** Names of the inputs, LaTeX: a tree like theirs, with a text for each tensor. Default: from the path, or W_{1}, b_{1} and X of a model. */
  readonly names?: Names<X>
  /** The name of the loss. Default `\mathscr{L}`. */
  readonly output?: string
}

/** What is traced of a model: the loss of a batch. */
export interface ModelInputs {
  readonly params: Tree
  readonly x: ArraySource
  /** What the loss compares with: a constant. */
  readonly y: ArraySource
  readonly state?: Tree
}

/** Jacobians have at most this many elements. */
const LARGEST_JACOBIAN = 1024

/**
 * Backpropagation, step by step (chapter 4.3.4): every value between inputs and loss with its formula, its number, the
 * gradient that arrives (upstream), the local gradients, and what it sends on (downstream = upstream times local,
 * Remark 1). Plain data; `latexSteps` and `traceSvg` write and draw it.
 *
 * `f` is any function of tensors that returns one number. Its second argument names values: `name('z_{1}', z)`. Instead
 * of a function, `{ model, loss }` traces the loss of a batch, `inputs` then being `{ params, x, y, state? }`.
 *
 * @param inputs - a tensor, or a tree (nested arrays and objects) of tensors, float64 for exact numbers
 * @throws NeuriteError `NOT_DIFFERENTIABLE` if f does not return one float or an input is no float tensor,
 * `INVALID_ARGUMENT` for a name used twice, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { div, mul, tensor } from '@neurite/core'
 * import { traceBackprop } from '@neurite/explain'
 * const trace = await traceBackprop(({ a, b }, name) => div(1, name('p', mul(a, b))), { a: tensor(2), b: tensor(4) })
 * trace.nodes.map(({ name }) => name) // => ['a', 'b', 'p', '1', '\\mathscr{L}']
 * trace.nodes.map(({ value }) => value) // => [2, 4, 8, 1, 0.125]
 * trace.nodes.map(({ gradient }) => gradient) // => [-0.0625, -0.03125, -0.015625, null, 1]
 * ```
 */
export async function traceBackprop<X>(
  f: (inputs: X, name: Name) => Tensor,
  inputs: X,
  options?: TraceOptions<X>,
): Promise<BackpropTrace>
export async function traceBackprop(
  of: { readonly model: Layer; readonly loss: Loss },
  inputs: ModelInputs,
  options?: TraceOptions<unknown>,
): Promise<BackpropTrace>
export async function traceBackprop(
  of: ((inputs: never, name: Name) => Tensor) | { readonly model: Layer; readonly loss: Loss },
  inputs: unknown,
  options: TraceOptions<unknown> = {},
): Promise<BackpropTrace> {
  const read = readOptions('traceBackprop', options, {
    names: optional(either('a text, or a tree of texts like the inputs', aString, aTree)),
    output: or('\\mathscr{L}', aString),
  })
  if (typeof of === 'function') return traceFunction(of, aTree('traceBackprop', 'inputs', inputs), read)
  const { model, loss } = must('a function, or { model, loss }', isPair)('traceBackprop', 'f', of)
  const { params, state, ...given } = readOptions('traceBackprop: inputs', inputs as ModelInputs, {
    params: aTree,
    x: asGiven<ArraySource>,
    y: asGiven<ArraySource>,
    state: optional(aTree),
  })
  const names = read.names ?? { params: layerNames(model, params), x: 'X' }
  const [x, y] = [toTensor('traceBackprop: x', given.x, params), toTensor('traceBackprop: y', given.y, params)]
  const f = (differentiated: { readonly params: Tree; readonly x: Tensor }, name: Name): Tensor => {
    const seen = probed(model, ({ path, input, output }) => {
      const at = /^\[(\d+)\]$/.exec(path)
      // Only what a layer makes has a name of its own; dropout returns its input.
      if (at !== null && model.layers !== undefined && output !== input) name(`A_{${Number(at[1]) + 1}}`, output)
    })
    const prediction = seen.apply(differentiated.params, differentiated.x, state === undefined ? {} : { state })
    return loss(name('\\hat{Y}', prediction), name('Y', y))
  }
  try {
    return await traceFunction(f, { params, x }, { ...read, names })
  } finally {
    if (x !== given.x) x.dispose()
    if (y !== given.y) y.dispose()
  }
}

/** W_{1} and b_{1} for the first of a model's layers, and so on; the path for everything else. */
function layerNames(model: Layer, params: Tree): unknown {
  const ofLayer = (tree: Tree, index: number): unknown =>
    isTensor(tree) || Array.isArray(tree)
      ? defaultNames(tree, `params[${index}]`)
      : Object.fromEntries(
          Object.entries(tree).map(([key, part]) => [
            key,
            isTensor(part) && (key === 'weight' || key === 'bias')
              ? `${key === 'weight' ? 'W' : 'b'}_{${index + 1}}`
              : defaultNames(part, `params[${index}].${key}`),
          ]),
        )
  if (model.layers !== undefined && Array.isArray(params)) return (params as readonly Tree[]).map(ofLayer)
  return ofLayer(params, 0)
}

async function traceFunction(
  f: (inputs: never, name: Name) => Tensor,
  inputs: unknown,
  { names: given, output }: { readonly names: unknown; readonly output: string },
): Promise<BackpropTrace> {
  const inputNames = namesOf(inputs, given ?? defaultNames(inputs, ''))
  const taken = new Set([output])
  for (const name of inputNames) checkNew(taken, name)
  const byName = new Map<string, Tensor>()
  const recording = recordGradients((x: unknown) => {
    const result = f(x as never, (name, value) => {
      checkArgument(
        isTensor(value),
        () => `traceBackprop: name(${JSON.stringify(name)}, value) must be given a tensor, got ${typeof value}.`,
      )
      checkNew(taken, name)
      byName.set(name, value)
      return value
    })
    return [result, Object.fromEntries(byName)] as const
  })(inputs)
  try {
    return await describe(recording, inputNames, output)
  } finally {
    recording.dispose()
  }
}

function checkNew(taken: Set<string>, name: string): void {
  checkArgument(
    typeof name === 'string' && name !== '' && !taken.has(name),
    () =>
      `traceBackprop: the name ${JSON.stringify(name)} ${taken.has(name) ? 'is taken already; each value needs its own' : 'must be a text that is not empty'}.`,
    { name },
  )
  taken.add(name)
}

function isPair(value: unknown): value is { readonly model: Layer; readonly loss: Loss } {
  const { model, loss } = (value ?? {}) as { readonly model?: Partial<Layer>; readonly loss?: unknown }
  return typeof model?.apply === 'function' && typeof loss === 'function'
}

/** The names in the order of the tensors. */
function namesOf(inputs: unknown, names: unknown, path = ''): string[] {
  if (isTensor(inputs)) {
    checkArgument(
      typeof names === 'string',
      () =>
        `traceBackprop: names must be a tree like the inputs; ${path === '' ? 'it' : path} must be a text, got ${typeof names}.`,
      { path },
    )
    return [names]
  }
  if (typeof inputs !== 'object' || inputs === null) return []
  const parts: [string, unknown][] = Object.entries(inputs)
  return parts.flatMap(([key, part]) =>
    namesOf(part, (names as Record<string, unknown> | undefined)?.[key], path === '' ? key : `${path}.${key}`),
  )
}

async function describe(recording: Recording, inputNames: readonly string[], loss: string): Promise<BackpropTrace> {
  const { values, gradients, output } = recording
  // What sends nothing towards the loss explains nothing.
  const steps = recording.steps.filter((step) => gradients[step.output] !== undefined)
  const makers = new Map(steps.map((step) => [step.output, step]))
  const names = new Map<number, string>()
  for (const [name, place] of Object.entries(recording.named))
    if (place !== undefined && !names.has(place)) names.set(place, name)
  inputNames.forEach((name, i) => names.set(i, name))
  names.set(output, names.get(output) ?? loss)
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
    const value = numbers.get(place)!
    const made = makers.has(place)
    const number = typeof value === 'number' ? String(Number(value.toPrecision(12))) : `C_{${++constants}}`
    names.set(place, made ? `v_{${++intermediates}}` : number)
  }

  const nodes: TraceNode[] = []
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
      inputs: step.inputs.map((from) => expression(names.get(from)!)),
      inputShapes: step.inputs.map((from) => values[from]!.shape),
      output: whole(name),
      shape,
    }
    const inputs: TraceInput[] = []
    for (const [k, from] of step.inputs.entries()) {
      const downstream = step.downstream[k] ?? null
      const local = localFormula(application, k) ?? downstreamFormula(application, k, whole('\\cdot'))
      inputs.push({
        from: ids.get(from)!,
        localFormula: downstream === null ? '0' : local.text,
        local: downstream === null ? null : await localGradient(step, k, values),
        downstreamFormula: downstream === null ? null : downstreamFormula(application, k, upstreamOf(name, loss)).text,
        downstream: downstream === null ? null : await downstream.toArray(),
      })
    }
    nodes.push({
      ...base,
      kind: 'operation',
      primitive: step.primitive,
      params: application.params,
      formula: valueFormula(application).text,
      inputs,
    })
  }
  return { nodes, output: ids.get(output)! }
}

const upstreamOf = (name: string, loss: string) =>
  whole(name === loss ? '1' : `\\frac{\\partial ${loss}}{\\partial ${name}}`)

/** A name as part of a formula: a negative number needs brackets in a product. */
const expression = (name: string): Application['inputs'][number] =>
  name.startsWith('-') ? { text: name, binds: 1 } : whole(name)

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
