import { fillRandom } from '@neurite/core'
import { binaryPlanners } from './elementwise/binary.js'
import { unaryPlanners } from './elementwise/unary.js'
import type { Family } from './family.js'
import { fuse, runFused } from './fusion.js'

export { cpuOf } from './cpu-of.js'
export type { Family } from './family.js'
export { convolutionPlanners as convolution } from './convolution.js'
export { indexingPlanners as indexing } from './indexing.js'
export { matmulPlanners as matmul } from './matmul/matmul.js'
export { movementPlanners as movement } from './movement.js'
export { orderPlanners as order } from './order.js'
export { poolingPlanners as pooling } from './pooling.js'
export { powerPlanners as powers } from './elementwise/power.js'
export { reductionPlanners as reductions } from './reductions.js'
export { softmaxPlanners as softmax } from './softmax.js'

/** Arithmetic, functions, comparison and logic, without powers: `pow` is in `powers`, which Adam and schedules need. */
export const elementwise: Family = /* @__PURE__ */ (() => ({ ...unaryPlanners, ...binaryPlanners }))()

/** For training steps: the same bits in fewer loops. */
export const fusion: Family = { fusion: { fuse, runFused } }

/** Random numbers, for programs with dropout. */
export const random: Family = { random: fillRandom }
