import { NeuriteError, type Json } from '@neurite/core'
import { number, readOptions } from '@neurite/core/arguments'
import { CUSTOM } from '../config.js'
import type { Initializer } from './initializer.js'
import { orthogonal } from './orthogonal.js'
import { constant, normal, ones, uniform, zeros } from './simple.js'
import { truncatedNormal } from './truncated-normal.js'
import { glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, lecunUniform } from './variance-scaling.js'

const FIXED: Readonly<Record<string, Initializer>> = {
  zeros,
  ones,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
}

// What a config claims is only passed on: each function reads its options, whoever calls it.
const MADE: Readonly<Record<string, (options: object) => Initializer>> = {
  constant: (options: { readonly value?: number }) =>
    constant(readOptions('constant', options, { value: number() }).value),
  normal,
  orthogonal,
  truncatedNormal,
  uniform,
}

/**
 * The initializer that a config stands for.
 *
 * @throws NeuriteError `NOT_SUPPORTED` for one that was a function, `INVALID_ARGUMENT` for an unknown kind
 */
export function initializerFromConfig(where: string, config: Json): Initializer {
  if (config === CUSTOM) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: the initializer was a function, which a config cannot hold; use one of this package, or pass a builder for the layer.`,
    )
  }
  if (typeof config === 'object' && config !== null && 'kind' in config) {
    const { kind, ...options } = config
    const name = typeof kind === 'string' ? kind : ''
    if (Object.hasOwn(FIXED, name)) return FIXED[name]!
    if (Object.hasOwn(MADE, name)) return MADE[name]!(options)
  }
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: unknown initializer ${JSON.stringify(config)}; known: ${Object.keys({ ...FIXED, ...MADE })
      .sort()
      .join(', ')}.`,
    { config },
  )
}
