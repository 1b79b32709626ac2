import type { KeySource } from '../random/key.js'
import type { Padding2d } from '../shape/index.js'
import type { DType } from '../tensor/dtype.js'

/** A primitive without parameters. */
export type NoParams = Readonly<Record<string, never>>

interface Reduction {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}
export interface Convolution {
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
}
export interface Pooling extends Convolution {
  readonly window: readonly [number, number]
}

/** What each primitive takes besides tensors. Values are plain data: a Program holds them as they are. Axes are normalized (>= 0). */
export interface PrimitiveParams {
  // Elementwise, one input.
  neg: NoParams
  abs: NoParams
  sign: NoParams
  floor: NoParams
  exp: NoParams
  expm1: NoParams
  log: NoParams
  log1p: NoParams
  sqrt: NoParams
  sin: NoParams
  cos: NoParams
  tanh: NoParams
  sigmoid: NoParams
  relu: NoParams
  erf: NoParams
  erfc: NoParams
  logicalNot: NoParams
  cast: { readonly dtype: DType }
  // Elementwise, broadcasting.
  add: NoParams
  sub: NoParams
  mul: NoParams
  div: NoParams
  pow: NoParams
  maximum: NoParams
  minimum: NoParams
  equal: NoParams
  less: NoParams
  lessEqual: NoParams
  logicalAnd: NoParams
  logicalOr: NoParams
  /** inputs: condition (bool), then two values of one dtype; all three broadcast. */
  where: NoParams
  // Reductions and scans.
  sum: Reduction
  max: Reduction
  min: Reduction
  /** int32; the first of equals; NaN counts as the largest (NumPy). The axis is dropped. */
  argMax: { readonly axis: number }
  argMin: { readonly axis: number }
  /** int32 indices of the k largest along the last axis, largest first, ties by lower index. */
  topKIndices: { readonly k: number }
  cumsum: { readonly axis: number; readonly reverse: boolean }
  // Contractions.
  /** [..., m, k] x [..., k, n]; leading axes broadcast; transposeA/B read the last two axes swapped. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  /** image [n, h, w, in] and filter [kh, kw, in, out]: cross-correlation, NHWC. */
  conv2d: Convolution
  /** upstream [n, oh, ow, out] and filter: the gradient by the image, of shape inputShape. */
  conv2dInputGradient: Convolution & { readonly inputShape: readonly number[] }
  /** image and upstream: the gradient by the filter, of shape filterShape. */
  conv2dFilterGradient: Convolution & { readonly filterShape: readonly number[] }
  /** Padding never wins a maximum. */
  maxPool2d: Pooling
  /** image and upstream: upstream is sent to the first maximum of each window. */
  maxPool2dGradient: Pooling
  /** image and values of the image's shape: picks, for each window, the value at the image's first maximum. */
  maxPool2dPick: Pooling
  /** Mean over the part of the window that lies inside the image. */
  avgPool2d: Pooling
  /** upstream: its shares spread over the windows, of shape inputShape. */
  avgPool2dGradient: Pooling & { readonly inputShape: readonly number[] }
  // Movement.
  /** A view: storage is shared. Core handles it, backends have no kernel for it. */
  reshape: { readonly shape: readonly number[] }
  transpose: { readonly axes: readonly number[] }
  broadcastTo: { readonly shape: readonly number[] }
  concat: { readonly axis: number }
  pad: { readonly paddings: readonly (readonly [number, number])[]; readonly value: number }
  slice: { readonly begin: readonly number[]; readonly size: readonly number[] }
  /** values and int32 indices of any rank: values.shape with `axis` replaced by indices.shape. Indices are in range or the result is 0 (float) there. */
  gather: { readonly axis: number }
  /** updates and int32 indices: zeros of `extent` along `axis`, updates added at indices; the gradient of gather. */
  scatterAdd: { readonly axis: number; readonly extent: number; readonly indexRank: number }
  // Creation.
  full: { readonly shape: readonly number[]; readonly value: number; readonly dtype: DType }
  /** start + i * step for i in [0, length). */
  arange: { readonly start: number; readonly step: number; readonly length: number; readonly dtype: DType }
  /** Numbers from a key, equal on every backend; see random/. Optional: core makes them on the host and uploads. */
  random: {
    readonly distribution: Distribution
    readonly shape: readonly number[]
    readonly dtype: DType
    readonly key: KeySource
  }
  // Optional compositions that backends may do in one go; core composes them from the others otherwise.
  softmax: { readonly axis: number }
  logSoftmax: { readonly axis: number }
}

/** uniform: [0, 1). normal: mean 0, variance 1. bits: whole numbers in [0, 2^24), exact in every dtype (int32). */
export type Distribution = 'uniform' | 'normal' | 'bits'

/** The name of a primitive. */
export type PrimitiveName = keyof PrimitiveParams

/** Primitives that only rename storage; core handles them. */
export type ViewPrimitive = 'reshape'

/** Primitives a backend may leave out; core then stands in. */
export type OptionalPrimitive = 'random' | 'softmax' | 'logSoftmax'
