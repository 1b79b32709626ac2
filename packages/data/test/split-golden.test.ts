import { describe, expect, test } from 'vitest'
import { kFold, timeSeriesSplit, type SplitIndices } from '../src/index.js'
import golden from './golden/splits.json' with { type: 'json' }

function plain(parts: readonly SplitIndices[]): { train: number[]; test: number[] }[] {
  return parts.map(({ trainIndices, testIndices }) => ({ train: [...trainIndices], test: [...testIndices] }))
}

/** How many of each label are in the test part of each fold. */
function counts(labels: string, folds: readonly { readonly test: readonly number[] }[]): Record<string, number>[] {
  return folds.map((fold) => {
    const found: Record<string, number> = {}
    for (const i of fold.test) found[labels.charAt(i)] = (found[labels.charAt(i)] ?? 0) + 1
    return found
  })
}

describe('scikit-learn gives the same', () => {
  test.each(golden.timeSeriesSplit)('TimeSeriesSplit of $rows rows, $options', ({ rows, options, folds }) => {
    expect(plain(timeSeriesSplit(rows, options))).toEqual(folds)
  })

  test.each(golden.groups)('GroupKFold of $groups', ({ groups, folds }) => {
    expect(plain(kFold(groups.length, { folds: folds.length, groups: [...groups], shuffle: false }))).toEqual(folds)
  })

  test.each(golden.plain)('KFold of $rows rows', ({ rows, folds }) => {
    expect(plain(kFold(rows, { folds: folds.length, shuffle: false }))).toEqual(folds)
  })

  test.each(golden.stratify)('StratifiedKFold of $labels: as many of each class', ({ labels, folds }) => {
    const ours = kFold(labels.length, { folds: folds.length, stratify: [...labels], shuffle: false })
    expect(counts(labels, plain(ours))).toEqual(counts(labels, folds))
  })
})
