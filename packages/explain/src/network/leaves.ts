import { activationName, type Layer } from '@neurite/nn'

/** The name of a layer's activation; `custom` for a function without a name, undefined for a layer that applies none. */
export function activationOf({ activation }: Layer): string | undefined {
  return activation === undefined ? undefined : (activationName(activation) ?? 'custom')
}
