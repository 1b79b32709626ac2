import { power } from '@neurite/core'
import { each } from './binary.js'
import { broadcasting } from './broadcast.js'

/** By squaring, with products that wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. */
const wholePower = (a: number, b: number): number => {
  let power = 1
  for (let factor = a, rest = Math.abs(b); rest > 0; factor = Math.imul(factor, factor), rest = Math.floor(rest / 2))
    if (rest % 2 === 1) power = Math.imul(power, factor)
  return b >= 0 ? power : power === 0 ? 0 : 1 / power
}

export const powerPlanners = {
  pow: /* @__PURE__ */ broadcasting({ any: /* @__PURE__ */ each(power), int32: /* @__PURE__ */ each(wholePower) }),
}
