import { FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { LearnedColumns, type State } from '../transform/learned-columns.js'
import type { Scaler } from '../transform/transformer.js'

/** A scaling by column: `(x - shift) / divisor * gain + offset`. */
export interface Scaling {
  readonly shift: readonly number[]
  readonly divisor: readonly number[]
  readonly gain: number
  readonly offset: number
}

/** What the scalers share: each column is shifted and stretched. What is missing stays missing. */
export abstract class ColumnScaler<Name extends string> extends LearnedColumns<Name> implements Scaler {
  protected abstract scaling(state: State<Name>): Scaling
  /** The last word on a scaled value. */
  protected finish?(value: number): number

  transform(x: MatrixLike): FeatureMatrix {
    const { matrix, state, columns } = this.check('transform', x)
    const { shift, divisor, gain, offset } = this.scaling(state)
    const width = matrix.shape[1]
    const out = matrix.data.map((value, i) => ((value - shift[i % width]!) / divisor[i % width]!) * gain + offset)
    if (this.finish !== undefined) for (let i = 0; i < out.length; i++) out[i] = this.finish(out[i]!)
    return new FeatureMatrix(out, matrix.shape, columns)
  }

  inverseTransform(x: MatrixLike): FeatureMatrix {
    const { matrix, state, columns } = this.check('inverseTransform', x)
    const { shift, divisor, gain, offset } = this.scaling(state)
    const width = matrix.shape[1]
    const out = matrix.data.map((value, i) => ((value - offset) / gain) * divisor[i % width]! + shift[i % width]!)
    return new FeatureMatrix(out, matrix.shape, columns)
  }
}
