import { trainTestSplit } from '@neurite/data'
import { digits } from '@neurite/datasets'
import type { Rows } from '../../training/spec.js'
import { MOST_INK, SIDE } from './image.js'

/** The 1797 digits, a fifth of each kind held back for the test. */
export interface DigitRows {
  readonly train: Rows
  readonly test: Rows
}

/** Images [8, 8, 1] with ink from 0 to 1, and the digits that they are. The same rows at each call. */
export function digitRows(): DigitRows {
  const { x, y } = digits()
  const scaled = { x: { shape: [...x.shape], data: Float32Array.from(x.data, (ink) => ink / MOST_INK) }, y }
  const { train, test } = trainTestSplit(scaled, { test: 0.2, stratify: 'y', seed: 1 })
  const rows = (part: typeof train): Rows => ({
    x: { shape: [part.x.shape[0]!, SIDE, SIDE, 1], data: Float32Array.from(part.x.data) },
    y: { shape: [...part.y.shape], data: Int32Array.from(part.y.data) },
  })
  return { train: rows(train), test: rows(test) }
}
