import { readKind } from '@neurite/core/arguments'
import type { Callback, CallbackConfig } from './callback.js'
import { earlyStopping } from './early-stopping.js'
import { reduceOnPlateau } from './reduce-on-plateau.js'

// What a config claims is only passed on: each callback reads its options, whoever calls it.
const CALLBACKS: Readonly<Record<string, (options: object) => Callback>> = { earlyStopping, reduceOnPlateau }

/**
 * The callback that a config describes, as new: what it remembered of a run stays behind.
 *
 * @param config - `callback.config`
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown kind, and what the callback itself throws
 * @example
 * ```ts
 * import { callbackFromConfig, earlyStopping } from '@neurite/train'
 * callbackFromConfig(earlyStopping({ patience: 3 }).config!).config!.patience // => 3
 * callbackFromConfig({ kind: 'mine' }) // => throws INVALID_ARGUMENT
 * ```
 */
export function callbackFromConfig(config: CallbackConfig): Callback {
  const [make, options] = readKind('callbackFromConfig', config, CALLBACKS)
  return make(options)
}
