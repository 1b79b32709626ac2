import type { LayerConfig } from '@neurite/nn'

/** Leaky ReLU with a slope of one's own: among the names of activations is only that of 0.01. */
export function leakyReluConfig(negativeSlope: number): LayerConfig {
  return { kind: 'leakyRelu', negativeSlope }
}
