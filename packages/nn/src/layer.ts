import type { Backend, Key, Tensor, Tree } from '@neurite/core'
import type { Activation } from './activations.js'
import type { LayerConfig } from './config.js'
import type { Regularizer } from './regularizer.js'

/** The params or the state of a layer that has none: `{}`. */
export type Nothing = Readonly<Record<never, never>>

/** How a layer is applied. */
export interface ApplyOptions {
  /** True while weights are being fitted: dropout drops, batchNorm uses the batch's statistics. Default false. */
  readonly training?: boolean
  /** Where random numbers come from, in training. Layers that need none ignore it. */
  readonly random?: Key
  /** Running statistics, as `init` made them or `forward` returned them. Layers without state ignore it. */
  readonly state?: Tree
}

/** As {@link ApplyOptions}, where the state is an argument of its own. */
export type ForwardOptions = Omit<ApplyOptions, 'state'>

/** How params are made. */
export interface InitOptions {
  /** The shape of one example: without the batch axis. */
  readonly inputShape: readonly number[]
  /** The same seed gives the same params on every backend and machine. Default 0. */
  readonly seed?: number
  /** Of params and state. Default 'float32'. */
  readonly dtype?: 'float32' | 'float64'
  /** Where params and state live. Default: the default backend. */
  readonly backend?: Backend
}

/**
 * What a layer makes of its input outside training, but for its activation: nothing (`'identity'`: dropout), the same numbers in
 * another shape (`'reshape'`), x W + b along the last axis with its params `weight` and `bias` (`'matrix'`: dense), or any other
 * affine map (`'affine'`: convolutions, averages, batchNorm). Absent: it is not linear, or does not say.
 */
export type LayerMap = 'identity' | 'reshape' | 'matrix' | 'affine'

/** How the parts of a layer are joined: one after the other, around a shortcut (x + part(x)), or as its `nodes` say. */
export type Wiring = 'chain' | 'shortcut' | 'graph'

/**
 * A pure description of one step of a network. It holds no numbers: what is trained lives in `params`, what is only
 * tracked in `state`, and both are the caller's. A model is a layer.
 *
 * Make your own with {@link layer}, or write these members.
 */
export interface Layer<P extends Tree = Tree, S extends Tree = Tree> {
  /** What kind of layer this is, for messages and tables: `dense`, `sequential`. */
  readonly name: string
  /**
   * Params and state for examples of one shape, deterministic in the seed.
   *
   * @throws NeuriteError `SHAPE_MISMATCH` naming the layer whose input does not fit, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
   */
  init(options: InitOptions): { params: P; state: S }
  /**
   * The output for a batch `x` of shape [batch, ...inputShape].
   *
   * @throws NeuriteError `SHAPE_MISMATCH` naming the layer, what came and what is expected; `NOT_INITIALIZED` for params
   * that are not this model's; `UNKNOWN_OPTION`
   */
  apply(params: P, x: Tensor, options?: ApplyOptions): Tensor
  /** As `apply`, and the state for the next call. */
  forward(params: P, state: S, x: Tensor, options?: ForwardOptions): [Tensor, S]
  /** The shape of one output, both without the batch axis. Needs no params. */
  outputShape(inputShape: readonly number[]): readonly number[]
  /** Kind and options as plain data, from which `layerFromConfig` builds the layer again. */
  readonly config?: LayerConfig
  /** What it makes of its input, but for the activation. */
  readonly map?: LayerMap
  /** What it applies to that. Absent of a layer that applies none; `'identity'` of one that could. */
  readonly activation?: Activation
  /** The same layer, for the same params, with another activation. There exactly where `activation` is. */
  withActivation?(activation: Activation): Layer<P, S>
  /** Its inputs are indices: whole numbers from 0, below this. Absent: any numbers. */
  readonly indices?: number
  /** What {@link penalty} adds to the loss for `params.weight`. */
  readonly regularizer?: Regularizer
  /** Shapes of the params by name, so that they can be counted without being made. */
  parameterShapes?(inputShape: readonly number[]): Readonly<Record<string, readonly number[]>>
  /** Of a layer made of layers: its parts. Params and state are then arrays with one entry for each part, in this order. */
  readonly layers?: readonly Layer[]
  /** Of a layer made of layers: how its parts are joined. Absent: in a way of its own. */
  readonly wiring?: Wiring
  /** Of a layer made of layers: the same around other parts, which take and make the same shapes. */
  withLayers?(layers: readonly Layer[]): Layer
  /** Of a layer made of layers: the input shape of each part. */
  inputShapes?(inputShape: readonly number[]): readonly (readonly number[])[]
}

/** A whole network: any layer. */
export type Model = Layer

/** The params of a layer, as a type. */
export type ParamsOf<L> = L extends { init(options: InitOptions): { params: infer P extends Tree } } ? P : never

/** The state of a layer, as a type. */
export type StateOf<L> = L extends { init(options: InitOptions): { state: infer S extends Tree } } ? S : never
