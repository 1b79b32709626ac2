import type { fillRandom } from '@neurite/core'
import type { Planners } from './plan.js'

/** Some of the kernels. `random` is not planned: its numbers come from core. */
export type Family = Partial<Planners> & { readonly random?: typeof fillRandom }

/** What the contract asks for, without views and what is optional: what a backend of some families says that it lacks. */
export const REQUIRED = (
  'neg abs sign floor exp expm1 log log1p sqrt sin cos tanh sigmoid relu erf logicalNot cast add sub mul div pow maximum ' +
  'minimum equal less lessEqual logicalAnd logicalOr where sum max min argMax argMin topKIndices cumsum matmul conv2d ' +
  'conv2dInputGradient conv2dFilterGradient maxPool2d maxPool2dGradient maxPool2dPick avgPool2d avgPool2dGradient transpose ' +
  'broadcastTo concat pad slice gather scatterAdd full arange'
).split(' ') as readonly (keyof Planners)[]
