import { power, wholePower } from '@neurite/core'
import { each } from './binary.js'
import { broadcasting } from './broadcast.js'

export const powerPlanners = {
  pow: /* @__PURE__ */ broadcasting({ any: /* @__PURE__ */ each(power), int32: /* @__PURE__ */ each(wholePower) }),
}
