import type { Backend, Key, Tensor, Json } from '@neurite/core'

/** Dtype and place of a new tensor. */
export interface InitializerOptions {
  /** Default 'float32'. */
  readonly dtype?: 'float32' | 'float64'
  /** Default: the default backend. */
  readonly backend?: Backend
}

/**
 * Makes the first values of a parameter. The same key gives the same values on every backend. Any function of this
 * form will do; those of this package also have a `config`, so that a model that uses them can be saved.
 */
export interface Initializer {
  (shape: readonly number[], key: Key, options?: InitializerOptions): Tensor
  readonly config?: Json
}

/** A function with the config it can be rebuilt from. */
export function initializer(
  config: { readonly kind: string; readonly [option: string]: Json },
  make: Initializer,
): Initializer {
  return Object.assign((...args: Parameters<Initializer>) => make(...args), { config })
}
