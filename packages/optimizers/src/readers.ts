import { having, must, number, whole } from './ops.js'
import type { Optimizer } from './optimizer.js'
import type { Mask } from './tree.js'

// What options of this package may be.

export const notNegative = /* @__PURE__ */ number('[0, Infinity)')
export const positive = /* @__PURE__ */ number('(0, Infinity)')
export const count = /* @__PURE__ */ whole(1)
/** What a memory keeps of what it had: 1 would never forget. */
export const share = /* @__PURE__ */ number('[0, 1)')

export const aMask = /* @__PURE__ */ must(
  'a function of path and tensor, or a tree of booleans',
  (value): value is Mask => ['function', 'boolean', 'object'].includes(typeof value) && value !== null,
)

export const anOptimizer = /* @__PURE__ */ having<Optimizer>('an optimizer, as sgd() makes', 'init', 'update')
