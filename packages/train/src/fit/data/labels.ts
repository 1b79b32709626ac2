import { NeuriteError, type ArrayData } from '@neurite/core'
import type { Loss } from '@neurite/losses'

/** Rows of probabilities may be off by what float32 and rounding to a few digits leave. */
const ROUNDING = 1e-3

/** Refuses targets that a loss cannot mean: they would train on nonsense without a word. */
export type LabelCheck = (where: string, targets: ArrayData) => void

/**
 * The check of a loss, by what it says of itself; undefined where any finite number is a target.
 *
 * @param classes - the last axis of the model's output
 */
export function labelCheck(
  { targets, expects, kind = 'the loss' }: Loss,
  classes: number | undefined,
): LabelCheck | undefined {
  if (targets === 'indices' || targets === 'rows') {
    if (classes === 1) return (where) => refuseSingleClass(where, kind)
    if (classes === undefined) return undefined
    return targets === 'rows'
      ? (where, found) => checkRows(where, kind, found, classes)
      : each(
          (value) => Number.isInteger(value) && value >= 0 && value < classes,
          (value) =>
            `has class ${value}, the model has ${classes} classes: 0 to ${classes - 1}; number classes from 0, as labelEncoder does, or give the model more outputs`,
        )
  }
  if (targets === 'signs')
    return each(
      (value) => value === 1 || value === -1,
      (value) => `is ${value}, but ${kind} takes -1 and 1; of 0 and 1 they are made by 2 * y - 1`,
    )
  if (targets === 'values' && expects !== undefined && expects !== 'values')
    return each(
      (value) => value >= 0 && value <= 1,
      (value) =>
        `is ${value}, but ${kind} takes 0 and 1, or shares between; give labels as 0 and 1, as labelEncoder does`,
    )
  return undefined
}

function each(fits: (value: number) => boolean, says: (value: number) => string): LabelCheck {
  return (where, { shape, data }) => {
    const at = data.findIndex((value) => !fits(value))
    if (at >= 0) throw refused(where, Math.floor((at * shape[0]!) / data.length), says(data[at]!))
  }
}

function checkRows(where: string, kind: string, { shape, data }: ArrayData, classes: number): void {
  // Rows of another length are refused by the loss.
  if (shape.length < 2 || shape.at(-1) !== classes) return
  for (let start = 0; start < data.length; start += classes) {
    const row = Array.from(data.subarray(start, start + classes))
    const sum = row.reduce((a, b) => a + b, 0)
    if (Math.abs(sum - 1) <= ROUNDING && row.every((value) => value >= 0)) continue
    const says = `is [${row.join(', ')}], but ${kind} takes one-hot rows, or probabilities that add up to 1; divide rows by their sums, or use binaryCrossEntropy where several labels hold at once`
    throw refused(where, Math.floor((start * shape[0]!) / data.length), says)
  }
}

function refused(where: string, row: number, says: string): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `${where}: row ${row} ${says}.`, { row })
}

function refuseSingleClass(where: string, kind: string): never {
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: ${kind} compares classes, but the model has one output, and the probability of a single class is always 1; use binaryCrossEntropy with one output, or give the model an output for each class.`,
  )
}
