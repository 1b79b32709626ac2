import { div, standardDeviation, tidy } from '@neurite/core'
import { minMaxScaler, robustScaler, standardScaler } from '@neurite/data'
import { onHost, read } from './descent.js'
import { LIST, type Way } from './names.js'

export interface ScaledList {
  /** The list and its outlier, which is the last. */
  readonly values: readonly number[]
  readonly by: Readonly<
    Record<
      Way,
      {
        readonly values: readonly number[]
        /** How wide the nine lie, as a share of how wide they would without the outlier. */
        readonly kept: number
      }
    >
  >
}

const SCALERS = { minmax: minMaxScaler, zscore: standardScaler, robust: robustScaler } as const

/** The chapter's list with an outlier that may be anywhere. */
export function scaledList({ outlier }: { readonly outlier: number }): ScaledList {
  const column = (values: readonly number[]): number[][] => values.map((value) => [value])
  const values = [...LIST, outlier]
  const by = (way: Way): ScaledList['by'][Way] =>
    tidy(() => {
      const all = Array.from(SCALERS[way]().fitTransform(column(values)).data)
      const alone = Array.from(SCALERS[way]().fitTransform(column(LIST)).data)
      const width = (of: readonly number[]): ReturnType<typeof standardDeviation> =>
        standardDeviation(onHost(of, [of.length]))
      return { values: all, kept: read(div(width(all.slice(0, -1)), width(alone)))[0]! }
    })
  return { values, by: { minmax: by('minmax'), zscore: by('zscore'), robust: by('robust') } }
}
