// One constant a primitive, under the primitive's name. See table.ts.
export * from './unary.js'
export * from './binary.js'
export * from './reductions.js'
export * from './matmul.js'
export {
  avgPool2d,
  avgPool2dGradient,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dPick,
} from './images.js'
export * from './movement.js'
export * from './creation.js'
