import { having, must, number, whole } from './ops.js'
import type { Optimizer } from './optimizer.js'
import type { Mask, MaskTree } from './tree.js'

// What options of this package may be.

export const notNegative = /* @__PURE__ */ number('[0, Infinity)')
export const positive = /* @__PURE__ */ number('(0, Infinity)')
export const count = /* @__PURE__ */ whole(1)
/** What a memory keeps of what it had: 1 would never forget. */
export const share = /* @__PURE__ */ number('[0, 1)')

const someMask = /* @__PURE__ */ must(
  'a function of path and tensor, or a tree of booleans',
  (value): value is Mask => ['function', 'boolean', 'object'].includes(typeof value) && value !== null,
)

/** A copy: what becomes of the caller's tree changes no optimizer. */
export const aMask = (where: string, name: string, value: unknown): Mask => {
  const mask = someMask(where, name, value)
  return typeof mask === 'function' ? mask : copied(mask)
}

function copied(mask: MaskTree): MaskTree {
  if (typeof mask !== 'object' || mask === null) return mask
  const parts = Object.entries(mask).map(([name, part]: [string, MaskTree]) => [name, copied(part)] as const)
  return Array.isArray(mask) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

export const anOptimizer = /* @__PURE__ */ having<Optimizer>('an optimizer, as sgd() makes', 'init', 'update')
