import { contractionRules } from './contractions.js'
import { creationRules } from './creation.js'
import { elementwiseRules } from './elementwise.js'
import { movementRules } from './movement.js'
import type { PrimitiveName } from './params.js'
import { reductionRules } from './reductions.js'
import type { Rule } from './rule.js'

/** Every primitive and its rule. Adding one: an entry in params.ts, a rule here, a gradient in autodiff/, a kernel in each backend. */
export const rules: { readonly [P in PrimitiveName]: Rule<P> } = {
  ...elementwiseRules,
  ...reductionRules,
  ...contractionRules,
  ...movementRules,
  ...creationRules,
}

/** All primitives' names. */
export const PRIMITIVE_NAMES = /* @__PURE__ */ Object.keys(rules) as readonly PrimitiveName[]
