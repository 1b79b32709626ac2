import {
  cast,
  checkArgument,
  isFloating,
  isTensor,
  recordGradients,
  tensorsIn,
  tidy,
  type ArraySource,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { asGiven, aString, or, readOptions, aModelTree, aTree, optional, either, must } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import { probed } from '../network/probe.js'
import { toTensor } from '../network/to-tensor.js'
import { describe, type PreActivation } from './describe.js'
import { isWeightedSum, layerNames, preActivationsOf } from './layer-names.js'
import { defaultNames, type Names } from './names.js'
import type { BackpropTrace } from './trace.js'

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
    params: aModelTree,
    x: asGiven<ArraySource>,
    y: asGiven<ArraySource>,
    state: optional(aModelTree),
  })
  const names = read.names ?? { params: layerNames(model, params), x: 'X' }
  const [x, y] = tidy(() => {
    const x = toTensor('traceBackprop: x', given.x, params)
    // Indices, of an embedding, are no input that has a gradient; as floats they may stand among those that have.
    const floating = isFloating(x.dtype) ? x : cast(x, tensorsIn(params)[0]?.dtype ?? 'float32')
    return [floating, toTensor('traceBackprop: y', given.y, params)] as const
  })
  const f = (differentiated: { readonly params: Tree; readonly x: Tensor }, name: Name): Tensor => {
    const seen = probed(model, ({ layer, path, input, output }) => {
      const at = /^\[(\d+)\]$/.exec(path)
      // Only what a layer makes has a name of its own; dropout returns its input.
      if (at !== null && model.layers !== undefined && output !== input)
        name(`${isWeightedSum(layer) ? 'Z' : 'A'}_{${Number(at[1]) + 1}}`, output)
    })
    const prediction = seen.apply(differentiated.params, differentiated.x, state === undefined ? {} : { state })
    return loss(name('\\hat{Y}', prediction), name('Y', y))
  }
  try {
    return await traceFunction(f, { params, x }, { ...read, names, preActivations: preActivationsOf(model, params) })
  } finally {
    if (x !== given.x) x.dispose()
    if (y !== given.y) y.dispose()
  }
}

async function traceFunction(
  f: (inputs: never, name: Name) => Tensor,
  inputs: unknown,
  {
    names: given,
    output,
    preActivations = [],
  }: { readonly names: unknown; readonly output: string; readonly preActivations?: readonly PreActivation[] },
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
    return await describe(recording, inputNames, output, preActivations)
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
