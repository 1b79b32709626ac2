export { exp_f32x4, expm1_f32x4, sigmoid_f32x4, tanh_f32x4 } from './math/exp'
export { log1p_f32x4, log_f32x4 } from './math/log'
