import { BYTES_PER_ELEMENT, disposeTree, isTensor, tensor, type ArrayData, type Tensor } from '@neurite/core'
import type { BatchInputs, Turn } from '../step/step.js'
import { asDType, takeRows } from './host.js'
import type { Loaded, Place } from './place.js'

/** What a step, or several, is given of the data: which of the rows that are lent, or rows of its own. */
export type Given = Omit<Turn, 'random'>

/** How steps get rows of a dataset. */
export interface Supply {
  /** What all of them read: every row, or nothing where each gets rows of its own. */
  readonly lent: Partial<BatchInputs>
  /** How many bytes are sent for a row. */
  readonly bytesPerRow: number
  /**
   * To be disposed after the call.
   *
   * @param rows - undefined for all
   * @param leading - in place of the axis of rows: [size] for one step, [steps, size] for steps that are made together
   */
  give(rows: Int32Array | undefined, leading: readonly number[]): Given
  /** Features of some rows. */
  features(rows: Int32Array): Promise<ArrayData>
  dispose(): void
}

/** Columns of rows on the host, of the dtypes that a step takes. */
export interface HostColumns {
  readonly x: ArrayData
  readonly y: ArrayData
  readonly weights?: ArrayData
}

/** Rows that are on the device as a whole are picked there; from those on the host, each call gets its own. */
export function supplyOf({ x, y, place }: Loaded, weights: ArrayLike<number> | undefined): Supply {
  const column = weights && weightsColumn(weights, place)
  return isTensor(x) && isTensor(y)
    ? deviceSupply(x, y, place, column)
    : hostSupply({ x: x as ArrayData, y: y as ArrayData, ...(column && { weights: column }) }, place)
}

export function weightsColumn(weights: ArrayLike<number>, { dtype }: Place): ArrayData {
  return { shape: [weights.length], data: asDType(Float64Array.from(weights), dtype) }
}

export function deviceSupply(x: Tensor, y: Tensor, { backend }: Place, column: ArrayData | undefined): Supply {
  const weights = column && tensor(column, { backend })
  return {
    lent: { x, y, ...(weights && { weights }) },
    bytesPerRow: BYTES_PER_ELEMENT.int32,
    give: (rows, leading) => (rows === undefined ? {} : { pick: tensor({ shape: leading, data: rows }, { backend }) }),
    features: async (rows) => takeRows(await x.toHost(), rows),
    dispose: () => weights?.dispose(),
  }
}

export function hostSupply(columns: HostColumns, { backend }: Place): Supply {
  const all = Object.entries(columns) as [keyof HostColumns, ArrayData][]
  return {
    lent: {},
    bytesPerRow: all.reduce((sum, [, { shape, data }]) => sum + data.byteLength / shape[0]!, 0),
    give(rows, leading) {
      const given: Partial<Record<keyof HostColumns, Tensor>> = {}
      try {
        for (const [name, column] of all) {
          const { shape, data } = rows === undefined ? column : takeRows(column, rows)
          given[name] = tensor({ shape: [...leading, ...shape.slice(1)], data }, { backend })
        }
        return { rows: given as BatchInputs }
      } catch (error) {
        disposeTree(given)
        throw error
      }
    },
    features: (rows) => Promise.resolve(takeRows(columns.x, rows)),
    dispose: () => undefined,
  }
}
