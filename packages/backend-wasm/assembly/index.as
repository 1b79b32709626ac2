// What the backend needs beside the code it writes for a program: kernels that are the same for every program, by pointers (bytes) and
// sizes (elements), named by the type of their elements; and functions of four float32, which are copied into programs.
//
// The module must be loadable beside any memory content, and several times: no data, no globals, no start function, no table. So constants
// are @inline, and what a kernel must remember lies in scratch memory that it is given. Arrays are row-major, `out` is no input, and extents may be 0.

export * from './images/average'
export * from './images/convolution'
export * from './images/convolution64'
export * from './images/maximum'
export { erf_f32x4 } from './math/erf'
export { erfc_f32x4 } from './math/erfc'
export { exp_f32x4, expm1_f32x4, expNonPositive_f32x4, sigmoid_f32x4, tanh_f32x4 } from './math/exp'
export * from './math/log'
export * from './math/pow'
export * from './math/trigonometry'
export * from './matmul/matmul'
export * from './movement/indexing'
export * from './movement/transpose'
export * from './order/cumsum'
export * from './order/extremes'
export * from './order/top'
export * from './random/random'
