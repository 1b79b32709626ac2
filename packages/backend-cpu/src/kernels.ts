import { convolutionPlanners } from './convolution.js'
import { binaryPlanners } from './elementwise/binary.js'
import { unaryPlanners } from './elementwise/unary.js'
import { matmulPlanners } from './matmul/matmul.js'
import { movementPlanners } from './movement.js'
import type { Planners } from './plan.js'
import { poolingPlanners } from './pooling.js'
import { reductionPlanners } from './reductions.js'
import { softmaxPlanners } from './softmax.js'

export const planners: Planners = {
  ...unaryPlanners,
  ...binaryPlanners,
  ...reductionPlanners,
  ...softmaxPlanners,
  ...matmulPlanners,
  ...convolutionPlanners,
  ...poolingPlanners,
  ...movementPlanners,
}
