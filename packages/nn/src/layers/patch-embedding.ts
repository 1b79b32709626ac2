import { add, matmul, reshape, transpose } from '@neurite/core'
import { readOptions } from '@neurite/core/arguments'
import { configFrom } from '../config.js'
import { layer, shapeError } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'
import { aPair, extent } from '../readers.js'
import { weightReaders, weightSpecs, type WeightOptions, type WeightParams } from './dense.js'

/** The options of {@link patchEmbedding}. */
export interface PatchEmbeddingOptions extends WeightOptions {
  /** Height and width of a patch; they must divide the image's. */
  readonly patchSize: number | readonly [number, number]
}

/**
 * Cuts images [batch, height, width, channels] into patches that do not overlap, row by row, and maps each to a vector by one
 * affine map: [batch, patches, dim] (Dosovitskiy et al. 2020, eq. 1). Chapter 4.5, patch size.
 *
 * The same as a {@link conv2d} whose strides are its kernel, with its weight reshaped to [patchHeight * patchWidth * channels, dim].
 *
 * @param dim - the length of a patch's vector
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH` if patches do not tile the image
 * @example
 * ```ts
 * import { patchEmbedding } from '@neurite/nn'
 * const layer = patchEmbedding(8, { patchSize: 4 })
 * layer.outputShape([28, 28, 1]) // => [49, 8]
 * layer.init({ inputShape: [28, 28, 1] }).params.weight.shape // => [16, 8]
 * ```
 */
export function patchEmbedding(dim: number, options: PatchEmbeddingOptions): Layer<WeightParams, Nothing> {
  const name = 'patchEmbedding'
  const read = readOptions(name, options, { ...weightReaders(), patchSize: aPair })
  const { activation, regularizer } = read
  const [patchHeight, patchWidth] = read.patchSize
  extent(name, 'dim', dim)
  return layer({
    name,
    config: configFrom(name, { dim, ...options }),
    map: 'affine',
    activation,
    regularizer,
    parameters: (inputShape) => weightSpecs([patchHeight * patchWidth * inputShape[2]!, dim], read),
    features: ({ weight }) => weight.shape[0]! / (patchHeight * patchWidth),
    outputShape(inputShape) {
      const [height, width] = inputShape
      if (inputShape.length !== 3 || height! % patchHeight !== 0 || width! % patchWidth !== 0) {
        throw shapeError(name, `a multiple of ${patchHeight}, a multiple of ${patchWidth}, channels`, inputShape)
      }
      return [(height! / patchHeight) * (width! / patchWidth), dim]
    },
    apply({ weight, bias }, x, { activate }) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const [rows, columns] = [height / patchHeight, width / patchWidth]
      const apart = transpose(reshape(x, [batch, rows, patchHeight, columns, patchWidth, channels]), [0, 1, 3, 2, 4, 5])
      const product = matmul(reshape(apart, [batch * rows * columns, patchHeight * patchWidth * channels]), weight)
      return reshape(activate(bias === undefined ? product : add(product, bias)), [batch, rows * columns, dim])
    },
  })
}
