import type { fillRandom, Fuse, StepRun, TypedArray } from '@neurite/core'
import type { CpuFusion } from './fusion.js'
import type { Planners } from './plan.js'

/** Some of the kernels. */
export type Family = Partial<Planners> & {
  /** Not planned: its numbers come from core. */
  readonly random?: typeof fillRandom
  /** One loop for the few sequences that every training step repeats. Without it they run one by one, to the same bits. */
  readonly fusion?: Fusing
}

/** What is fused, and how it runs on n elements. */
export interface Fusing {
  readonly fuse: Fuse<CpuFusion>
  readonly runFused: (fusion: CpuFusion, n: number) => StepRun<TypedArray>
}

/** What the contract asks for, without views and what is optional: what a backend of some families says that it lacks. */
export const REQUIRED = (
  'neg abs sign floor exp expm1 log log1p sqrt sin cos tanh sigmoid relu erf erfc logicalNot cast add sub mul div pow maximum ' +
  'minimum equal less lessEqual logicalAnd logicalOr where sum max min argMax argMin topKIndices cumsum matmul conv2d ' +
  'conv2dInputGradient conv2dFilterGradient maxPool2d maxPool2dGradient maxPool2dPick avgPool2d avgPool2dGradient transpose ' +
  'broadcastTo concat pad slice gather scatterAdd full arange'
).split(' ') as readonly (keyof Planners)[]
