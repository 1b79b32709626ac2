// Operations that layers of the same name stand above: a program that imports both packages flat finds each name once.
export { avgPool2d, conv2d, maxPool2d, type ConvolutionOptions, type PoolingOptions } from '../ops/images.js'
export { layerNorm } from '../ops/normalization.js'
