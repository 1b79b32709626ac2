import type { Json } from '@neurite/core'
import type { BatchOrder } from '@neurite/data'
import type { LayerConfig } from '@neurite/nn'

/** A table of numbers that travels: what `fit` takes as host data. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

export interface Rows {
  readonly x: Numbers
  readonly y: Numbers
}

/** Something of the packages by its name and options. */
export interface Named {
  readonly kind: string
  readonly [option: string]: Json
}

export const BACKENDS = ['cpu', 'wasm', 'tfjs:wasm', 'tfjs:webgl', 'tfjs:webgpu'] as const
export type BackendName = (typeof BACKENDS)[number]

/** A training as plain data: the same spec gives the same bits on one backend, which is why any iteration can be gone back to. */
export interface TrainingSpec {
  /** `configOf(model)` of @neurite/nn. */
  readonly model: LayerConfig
  readonly loss: Named
  readonly optimizer: Named
  readonly data: Rows
  /** Measured, never trained on. */
  readonly test?: Rows
  readonly batchSize: number | 'full'
  readonly order?: BatchOrder
  /** Of weights, order and dropout. */
  readonly seed: number
  /** Whether the targets are classes, so that accuracy is measured. */
  readonly classes: boolean
  readonly backend?: BackendName
  /** Params that are set by hand on the way, by iteration. Default: none. */
  readonly edits?: readonly Edit[]
}

/** A number of the params that is set by hand when so many steps are made. */
export interface Edit {
  readonly iteration: number
  /** The leaf, as `Frame.params` names it: `0.weight`. */
  readonly path: string
  /** The number's place in the leaf. */
  readonly place: number
  readonly value: number
}

/** What is looked at after some steps; each costs time, so a picture asks for what it shows. */
export interface Look {
  /** Points at which the network's outputs are wanted. */
  readonly points?: Numbers
  /** Whether every unit's output there is wanted too. */
  readonly units?: boolean
  readonly params?: boolean
  /** The gradients of each layer on the training rows, as `gradientFlow` of @neurite/explain finds them. */
  readonly flow?: boolean
  /** Loss and accuracy over all rows. Default true. */
  readonly measure?: boolean
  /** What the test rows are taken for, where the targets are class indices: accuracy and confusion matrix, without their loss. */
  readonly predictions?: boolean
  /** One unit, whose sum is wanted term by term at the first of the points. */
  readonly unit?: UnitPlace
}

/** A unit by its place in the output of a layer of a sequential model, without the batch axis: [row, column, filter] of conv2d. */
export interface UnitPlace {
  readonly layer: number
  readonly place: readonly number[]
}

/** What a unit makes its output of: inputs, and for units with weights the terms of their sum. */
export interface UnitTerms extends UnitPlace {
  /** Of inputs, weights and products: [height, width, channels] of a window, [features] of a dense layer. */
  readonly shape: readonly number[]
  /** Where the window begins in the layer's input. */
  readonly begin: readonly number[]
  readonly inputs: Float32Array
  /** Absent of pooling. */
  readonly weighted?: {
    readonly weights: Float32Array
    readonly products: Float32Array
    /** Of the products. */
    readonly sum: number
    readonly bias: number
    /** Sum and bias together: what the activation is given. */
    readonly z: number
  }
  /** What the network itself has there. */
  readonly output: number
}

/** What one layer did to its weights' gradients. */
export interface LayerFlowFrame {
  readonly path: string
  readonly layer: string
  readonly gradientNorm: number | undefined
  readonly deadShare: number | undefined
  readonly saturatedShare: number | undefined
  readonly verdict: string
}

/** Where a training stands. */
export interface Frame {
  /** Steps made. */
  readonly iteration: number
  readonly epoch: number
  /** Losses of the batches since the last frame, the first that of step number `from`. */
  readonly from: number
  readonly losses: readonly number[]
  readonly trainLoss?: number
  readonly testLoss?: number
  readonly trainAccuracy?: number
  readonly testAccuracy?: number
  /** At the points asked for, row by row. */
  readonly outputs?: Float32Array
  /** For each layer, at the points asked for: unit after unit. */
  readonly units?: readonly Float32Array[]
  /** Leaves of params in the order of the model. */
  readonly params?: readonly { readonly path: string; readonly shape: readonly number[]; readonly data: Float32Array }[]
  readonly flow?: readonly LayerFlowFrame[]
  /** The class that each test row is taken for, and how many rows of each class are taken for which. */
  readonly predictions?: { readonly classes: Int32Array; readonly confusion: readonly (readonly number[])[] }
  readonly unit?: UnitTerms
  /** Steps a second while it ran, looking not counted. */
  readonly rate: number
  /** Why it cannot go on: a loss that is not finite says which operation made it. */
  readonly stopped?: string
}
