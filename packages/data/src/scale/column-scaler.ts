import type { FeatureMatrix, MatrixLike } from '../array/feature-matrix.js'
import { LearnedColumns, mapColumns, type ColumnRule } from '../transform/learned-columns.js'
import type { Scaler } from '../transform/transformer.js'

/** A scaling of a column: `(x - shift) / divisor * gain + offset`. */
export type Scaling = readonly [shift: number, divisor: number, gain?: number, offset?: number]

/** What is learned from a column, and how its values are scaled. */
export interface ScalingRule extends Omit<ColumnRule, 'forward'> {
  readonly scaling: (...learned: readonly number[]) => Scaling
  /** The last word on a scaled value. */
  readonly finish?: (value: number) => number
}

/** What the scalers share: each column is shifted and stretched. What is missing stays missing. */
export class ColumnScaler extends LearnedColumns implements Scaler {
  readonly #scaling: ScalingRule['scaling']

  constructor(kind: string, options: object, { scaling, finish = (value) => value, ...rule }: ScalingRule) {
    super(kind, options, {
      ...rule,
      forward: (...learned) => {
        const [shift, divisor, gain = 1, offset = 0] = scaling(...learned)
        return (value) => finish(((value - shift) / divisor) * gain + offset)
      },
    })
    this.#scaling = scaling
  }

  inverseTransform(x: MatrixLike): FeatureMatrix {
    return mapColumns(`${this.kind}.inverseTransform`, x, this.state('inverseTransform'), (...learned) => {
      const [shift, divisor, gain = 1, offset = 0] = this.#scaling(...learned)
      return (value) => ((value - offset) / gain) * divisor + shift
    })
  }
}
