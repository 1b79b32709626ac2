import type { Json } from '@neurite/core'
import { activationName, type Activation } from './activations.js'

/** A layer as plain data: its kind and its options. */
export interface LayerConfig {
  readonly kind: string
  readonly [option: string]: Json
}

/** Stands in a config for a function that has no name to be rebuilt from. */
export const CUSTOM = 'custom'

/** Options as plain data: what is absent is left out, an initializer is its own config, an activation its name, any other function is `'custom'`. */
export function configFrom(kind: string, options: object): LayerConfig {
  const config: Record<string, Json> = {}
  for (const [name, value] of Object.entries(options) as [string, Json | undefined | { config?: Json }][]) {
    if (typeof value === 'function') config[name] = (value as { config?: Json }).config ?? nameOf(value)
    else if (value !== undefined) config[name] = value
  }
  return { kind, ...config }
}

/** An activation in a config. */
export function nameOf(activation: Activation): string {
  return typeof activation === 'string' ? activation : (activationName(activation) ?? CUSTOM)
}
