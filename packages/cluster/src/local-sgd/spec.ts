/**
 * The outer optimizer: how a round moves the params towards the mean of what its shards came to. With g = params - mean it is SGD on g in
 * PyTorch's form: m <- momentum * m + g, params <- params - learningRate * m, or with nesterov params - learningRate * (g + momentum * m).
 */
export interface OuterOptions {
  /** Greater than 0. Default 1: the mean itself, as in FedAvg (McMahan et al. 2017). */
  readonly learningRate?: number
  /** The share in [0, 1) of the last direction that is kept. Default 0: none, and no memory for it. */
  readonly momentum?: number
  /** Looks ahead along the momentum, as DiLoCo does (Douillard et al. 2023). Needs momentum > 0. Default false. */
  readonly nesterov?: boolean
}

/** What is trained: plain data, by which the same training is known again. Whoever runs it has the model, the data and the inner optimizer by name. */
export interface TrainingSpec {
  readonly search: 'localSgd'
  /** Tells trainings of the same settings apart. */
  readonly name: string | null
  /** The name of the training in the workers' module. */
  readonly objective: string
  readonly seed: number
  readonly mode: 'min'
  readonly settings: {
    readonly shards: number
    readonly rounds: number
    readonly steps: number
    readonly outer: Required<OuterOptions>
    readonly weights: 'rows' | 'equal'
    readonly keepOptimizer: boolean
    readonly deadline: number | null
  }
}

/** Tells trainings from searches, which stand in the same table. */
export function isTraining(spec: { readonly search: string }): spec is TrainingSpec {
  return spec.search === 'localSgd'
}

/** The first round makes the params: one trial, of the first shard, without a step. */
export function shardsIn({ shards }: TrainingSpec['settings'], round: number): number {
  return round === 0 ? 1 : shards
}
