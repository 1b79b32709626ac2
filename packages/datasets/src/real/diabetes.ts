import { takesNoOptions } from '@neurite/core/arguments'
import { csv } from '../generated/diabetes.js'
import { readColumns, type Columns } from './columns.js'

/** See {@link diabetes}. */
export type Diabetes = Columns<'age' | 'sex' | 'bmi' | 'bp' | 's1' | 's2' | 's3' | 's4' | 's5' | 's6' | 'progression'>

/**
 * Diabetes of 442 patients, for regression: how far the disease went on in the year after ten values were taken. The values
 * are in their own units, not scaled: `age` in years, `sex` 1 or 2, `bmi` in kg/m2, `bp` mean blood pressure in mm Hg, and
 * six of the blood serum, `s1` total cholesterol, `s2` LDL, `s3` HDL, `s4` total cholesterol / HDL, `s5` the logarithm of
 * triglycerides, `s6` blood sugar.
 *
 * Source: B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004), "Least Angle Regression", Annals of Statistics 32,
 * as scikit-learn distributes it.
 *
 * @returns columns of 442 numbers: ten, and `progression` (25 to 346)
 * @example
 * ```ts
 * import { diabetes } from '@neurite/datasets'
 * const { bmi, progression } = diabetes()
 * bmi[0] // => 32.1
 * progression[0] // => 151
 * ```
 */
export function diabetes(...none: readonly []): Diabetes {
  takesNoOptions('diabetes', none)
  return readColumns(csv) as Diabetes
}
