import { takesNoOptions } from '@neurite/core/arguments'
import type { Activation } from '../activations.js'
import { configFrom } from '../config.js'
import { layer } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'
import { anActivation } from '../readers.js'

/**
 * An activation as a layer of its own (chapter 4.2.4).
 *
 * @param activation - a name, or a function of a tensor that keeps its shape
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown name, listing the known ones
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { activation } from '@neurite/nn'
 * await activation('relu').apply({}, tensor([[-1, 2]])).toArray() // => [[0, 2]]
 * ```
 */
export function activation(activation: Activation, ...none: readonly []): Layer<Nothing, Nothing> {
  takesNoOptions('activation', none)
  const name = 'activation'
  return layer({
    name,
    config: configFrom(name, { activation }),
    map: 'identity',
    activation: anActivation(name, name, activation),
    apply: (_params, x, { activate }) => activate(x),
  })
}
