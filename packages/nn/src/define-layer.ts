import {
  checkArgument,
  fold,
  formatShape,
  isTensor,
  key,
  namedScope,
  NeuriteError,
  sameShape,
  tidy,
  type Key,
  type Tensor,
} from '@neurite/core'
import {
  aBackend,
  aBoolean,
  aFunction,
  aSeed,
  asGiven,
  aString,
  aTree,
  having,
  oneOf,
  optional,
  or,
  readOptions,
  show,
} from '@neurite/core/arguments'
import { resolveActivation, type Activation } from './activations.js'
import { nameOf, type LayerConfig } from './config.js'
import type { Initializer, InitializerOptions } from './initializers/initializer.js'
import type { ApplyOptions, ForwardOptions, InitOptions, Layer, LayerMap, Nothing } from './layer.js'
import { aShape } from './readers.js'
import type { Regularizer } from './regularizer.js'

/** One tensor of a layer: its shape and where its first values come from. */
export interface ParameterSpec {
  readonly shape: readonly number[]
  readonly initializer: Initializer
}

/** The tensors of a layer by name, as {@link layer} is told of them. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>

/** The tensors that specs describe. */
export type TensorsOf<Specs extends object> = { readonly [Name in keyof Specs]: Tensor }

/** What a layer's own code is told at each call. */
export interface LayerContext {
  readonly training: boolean
  readonly random: Key | undefined
  /** The definition's activation; the identity without one. */
  readonly activate: (x: Tensor) => Tensor
}

/** What makes a layer. Write `parameters` and `state` before `apply`, so that TypeScript knows their names there. */
export type LayerDefinition<P extends object, S extends object> = {
  /** For messages and tables. */
  readonly name: string
  /** What is trained, for one input shape (without the batch axis). Default: nothing. */
  readonly parameters?: (inputShape: readonly number[]) => P
  /** What is tracked, likewise. Default: nothing. */
  readonly state?: (inputShape: readonly number[]) => S
  /** The extent that the input's last axis must have for these params: for a better message. */
  readonly features?: (params: TensorsOf<P>) => number
  /** The shape of one output; throws {@link shapeError} for inputs that do not fit. Default: the input's shape. */
  readonly outputShape?: (inputShape: readonly number[]) => readonly number[]
  /** Kind and options as plain data, so that the layer can be saved. */
  readonly config?: LayerConfig
  /** See {@link LayerMap}. Default: not linear. */
  readonly map?: LayerMap
  /** See {@link Layer}: inputs are whole numbers from 0, below this. Default: any numbers. */
  readonly indices?: number
  /** What `apply` or `forward` get as `activate`. */
  readonly activation?: Activation | undefined
  /** What {@link penalty} adds to the loss for `params.weight`. */
  readonly regularizer?: Regularizer | undefined
} & (
  | { readonly apply: (params: TensorsOf<P>, x: Tensor, context: LayerContext) => Tensor }
  /** `state` is undefined where the caller gave none. */
  | {
      readonly forward: (
        params: TensorsOf<P>,
        state: TensorsOf<S> | undefined,
        x: Tensor,
        context: LayerContext,
      ) => [Tensor, TensorsOf<S> | undefined]
    }
)

/**
 * The error of a layer that gets inputs of another shape than it can take: `SHAPE_MISMATCH`.
 *
 * @param name - the layer's
 * @param expected - the axes after the batch, in words or numbers: `height, width, channels`
 * @param inputShape - what came, without the batch axis
 * @example
 * ```ts
 * import { shapeError } from '@neurite/nn'
 * shapeError('pairs', 'rows, 2', [3]).message // => 'pairs: expected inputs of shape [batch, rows, 2], got [batch, 3]. [SHAPE_MISMATCH]'
 * ```
 */
export function shapeError(name: string, expected: string, inputShape: readonly number[]): NeuriteError {
  return new NeuriteError(
    'SHAPE_MISMATCH',
    `${name}: expected inputs of shape [${['batch', expected].filter((part) => part !== '').join(', ')}], got [${['batch', ...inputShape].join(', ')}].`,
    { inputShape },
  )
}

/**
 * A layer from its description; every layer of this package is made so. The result checks options, shapes and params,
 * and names itself in errors.
 *
 * @throws NeuriteError `UNKNOWN_OPTION` for a part that no definition has, naming the one that was probably meant; `INVALID_ARGUMENT` for one that must be
 * a function and is none
 * @example
 * ```ts
 * import { mul, tensor } from '@neurite/core'
 * import { layer } from '@neurite/nn'
 * import { ones } from '@neurite/nn/initializers'
 * const scale = () =>
 *   layer({
 *     name: 'scale',
 *     parameters: (inputShape) => ({ factor: { shape: inputShape, initializer: ones } }),
 *     apply: ({ factor }, x) => mul(x, factor),
 *   })
 * const { params } = scale().init({ inputShape: [2] })
 * await scale().apply(params, tensor([[3, 4]])).toArray() // => [[3, 4]]
 * ```
 */
export function layer<P extends object = Nothing, S extends object = Nothing>(
  definition: LayerDefinition<P, S>,
): Layer<TensorsOf<P>, TensorsOf<S>> {
  readOptions('layer', definition as Record<keyof typeof DEFINITION, unknown>, DEFINITION)
  const { name, features, config, map, indices, activation, regularizer } = definition
  const activate = resolveActivation(activation ?? 'identity', name)
  const outputShape = definition.outputShape ?? ((inputShape) => inputShape)
  const specsOf = (
    describe: ((inputShape: readonly number[]) => object) | undefined,
    inputShape: readonly number[],
  ): [string, ParameterSpec][] => (describe === undefined ? [] : Object.entries(describe(inputShape) as ParameterSpecs))

  const forward = (
    params: TensorsOf<P>,
    state: TensorsOf<S> | undefined,
    x: Tensor,
    { training, random }: ReturnType<typeof readForward>,
  ): [Tensor, TensorsOf<S>] => {
    checkArgument(
      isTensor(x) && x.rank > 0,
      () => `${name}: x must be a tensor with a batch axis, got ${isTensor(x) ? 'a 0-d tensor' : show(x)}.`,
    )
    const inputShape = x.shape.slice(1)
    outputShape(inputShape)
    const parameters = specsOf(definition.parameters, inputShape)
    if (fits(params, parameters, (value, { shape }) => value.rank === shape.length)) {
      const wanted = features?.(params)
      if (wanted !== undefined && wanted !== inputShape.at(-1))
        throw shapeError(name, inputShape.length > 1 ? `..., ${wanted}` : `${wanted}`, inputShape)
    }
    check(name, 'params', params, parameters, inputShape)
    const context = { training, random, activate }
    if (state !== undefined && !('apply' in definition))
      check(name, 'state', state, specsOf(definition.state, inputShape), inputShape)
    return namedScope(name, () =>
      'apply' in definition
        ? [definition.apply(params, x, context), state ?? ({} as TensorsOf<S>)]
        : (definition.forward(params, state, x, context) as [Tensor, TensorsOf<S>]),
    )
  }

  return {
    name,
    ...(config && { config }),
    ...(map && { map }),
    ...(indices !== undefined && { indices }),
    ...(activation !== undefined && {
      activation,
      withActivation: (other: Activation) =>
        layer({
          ...definition,
          activation: other,
          ...(config && { config: { ...config, activation: nameOf(other) } }),
        }),
    }),
    ...(regularizer && { regularizer }),
    outputShape: (inputShape) => outputShape(aShape(name, 'inputShape', inputShape)),
    parameterShapes: (inputShape) =>
      Object.fromEntries(specsOf(definition.parameters, inputShape).map(([key, { shape }]) => [key, shape])),
    init(options) {
      const { inputShape, seed, dtype, backend } = readInit(name, options)
      outputShape(inputShape)
      const create: InitializerOptions = backend === undefined ? { dtype } : { dtype, backend }
      const make = (describe: ((inputShape: readonly number[]) => object) | undefined): object =>
        Object.fromEntries(
          specsOf(describe, inputShape).map(([parameter, { shape, initializer }]) => [
            parameter,
            initializer(shape, fold(key(seed), parameter), create),
          ]),
        )
      return tidy(() => ({
        params: make(definition.parameters) as TensorsOf<P>,
        state: make(definition.state) as TensorsOf<S>,
      }))
    },
    apply(params, x, options = {}) {
      const read = readApply(name, options)
      return forward(params, read.state as TensorsOf<S> | undefined, x, read)[0]
    },
    forward: (params, state, x, options = {}) => forward(params, state, x, readForward(name, options)),
  }
}

const maybeFunction = /* @__PURE__ */ optional(aFunction)

/** What is no function is read where it is used. */
const DEFINITION = {
  name: aString,
  parameters: maybeFunction,
  state: maybeFunction,
  features: maybeFunction,
  outputShape: maybeFunction,
  config: asGiven,
  map: asGiven,
  indices: asGiven,
  activation: asGiven,
  regularizer: asGiven,
  apply: maybeFunction,
  forward: maybeFunction,
}

type Entries = readonly (readonly [string, ParameterSpec])[]

/** Whether a tree is tensors of these names, and no others, that pass the test. */
function fits(
  tree: object | undefined,
  specs: Entries,
  test: (value: Tensor, spec: ParameterSpec) => boolean,
): boolean {
  const given = (tree ?? {}) as Readonly<Record<string, unknown>>
  return (
    Object.keys(given).length === specs.length &&
    specs.every(([name, spec]) => isTensor(given[name]) && test(given[name], spec))
  )
}

function check(
  layerName: string,
  what: string,
  tree: object | undefined,
  specs: Entries,
  inputShape: readonly number[],
): void {
  if (fits(tree, specs, (value, { shape }) => sameShape(value.shape, shape))) return
  const list = (entries: readonly (readonly [string, unknown])[]): string =>
    entries
      .map(([name, value]) => `${name} ${formatShape((value as Partial<Tensor> | undefined)?.shape ?? [])}`)
      .join(', ')
  throw new NeuriteError(
    'NOT_INITIALIZED',
    `${layerName}: for inputs of shape [${['batch', ...inputShape].join(', ')}] ${what} must be { ${list(specs)} }, got { ${list(Object.entries(tree ?? {}))} }; make it with init.`,
  )
}

const FORWARD = {
  training: /* @__PURE__ */ or(false, aBoolean),
  random: /* @__PURE__ */ optional(/* @__PURE__ */ having<Key>('a key, as key(seed) makes', 'source')),
}

/** Reads what `forward` got. */
export function readForward(name: string, options: ForwardOptions) {
  return readOptions(name, options, FORWARD)
}

/** Reads what `apply` got. */
export function readApply(name: string, options: ApplyOptions) {
  return readOptions(name, options, { ...FORWARD, state: optional(aTree) })
}

const ANYWHERE = {
  seed: /* @__PURE__ */ or(0, aSeed),
  dtype: /* @__PURE__ */ or('float32', /* @__PURE__ */ oneOf('float32', 'float64')),
  backend: optional(aBackend),
}

/** Reads what `init` got. */
export function readInit(name: string, options: InitOptions) {
  return readOptions(`${name}.init`, options, { ...ANYWHERE, inputShape: aShape })
}

/** Reads what `init` got of a model that knows its input shapes. */
export function readOwnInit(name: string, options: Omit<InitOptions, 'inputShape'>) {
  return readOptions(`${name}.init`, options, ANYWHERE)
}
