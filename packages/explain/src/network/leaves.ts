import type { Layer } from '@neurite/nn'

/** The name of a layer's activation; `custom` for a function without a name, undefined for a layer that has none to name. */
export function activationOf(layer: Layer): string | undefined {
  const { config } = layer
  if (config === undefined) return undefined
  const { activation } = config
  if (typeof activation === 'string') return activation === 'linear' ? 'identity' : activation
  return HAS_ACTIVATION.has(config.kind) ? 'identity' : undefined
}

/** Layers that apply an activation, identity if none is said. */
const HAS_ACTIVATION: ReadonlySet<string> = new Set(['dense', 'conv2d', 'patchEmbedding'])

/** A layer's own kind: that of its config, or its name. */
export const kindOf = (layer: Layer): string => layer.config?.kind ?? layer.name
