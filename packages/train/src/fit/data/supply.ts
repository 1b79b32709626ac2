import {
  BYTES_PER_ELEMENT,
  disposeTree,
  isTensor,
  tensor,
  tensorsIn,
  tidy,
  type ArrayData,
  type Tensor,
} from '@neurite/core'
import { snapshot } from '../step/run-steps.js'
import type { BatchInputs, Turn } from '../step/step.js'
import { asDType, takeRows } from './host.js'
import { placeRows, type CheckedRows, type Loaded, type Place } from './place.js'

/** What a step, or several, is given of the data: which of the rows that are lent, or rows of its own. */
export type Given = Omit<Turn, 'random'>

/** How steps get rows: those on the device are lent as a whole and picked there; of those on the host, each call gets its own. */
export interface Supply {
  /** What all of them read: every row, or nothing where each gets rows of its own. */
  readonly lent: Partial<BatchInputs>
  /** How much memory its rows take. */
  readonly bytes: number
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

/** A supply of a dataset. */
export function supplyOf({ x, y, place }: Loaded, weights: ArrayLike<number> | undefined): Supply {
  return isTensor(x) && isTensor(y)
    ? deviceSupply(x, y, [], weights, place)
    : hostSupply(x as ArrayData, y as ArrayData, weights, place)
}

/** A supply of a batch of a source, in memory of its own: the source may fill its arrays anew, or dispose its tensors, at the next one. */
export function batchSupply(checked: CheckedRows, weights: ArrayLike<number> | undefined, place: Place): Supply {
  const { x, y } = checked
  if (!isTensor(x) && !isTensor(y)) {
    const copyOf = ({ shape, data }: ArrayData): ArrayData => ({ shape, data: data.slice() })
    return hostSupply(copyOf(x), copyOf(y), weights, place)
  }
  const placed = placeRows(checked, place.backend)
  const own = snapshot({ x: placed.x, y: placed.y })
  return deviceSupply(own.x, own.y, [...placed.owned, own.x, own.y], weights, place)
}

function deviceSupply(
  x: Tensor,
  y: Tensor,
  owned: readonly Tensor[],
  given: ArrayLike<number> | undefined,
  place: Place,
): Supply {
  const { backend } = place
  const weights = given && tensor(weightsColumn(given, place), { backend })
  const lent = { x, y, ...(weights && { weights }) }
  return {
    lent,
    bytes: tensorsIn(lent).reduce((sum, { size, dtype }) => sum + size * BYTES_PER_ELEMENT[dtype], 0),
    give: (rows, leading) => (rows === undefined ? {} : { pick: tensor({ shape: leading, data: rows }, { backend }) }),
    features: async (rows) => takeRows(await x.toHost(), rows),
    dispose: () => disposeTree([owned, weights]),
  }
}

function hostSupply(x: ArrayData, y: ArrayData, given: ArrayLike<number> | undefined, place: Place): Supply {
  const weights = given && weightsColumn(given, place)
  return {
    lent: {},
    bytes: x.data.byteLength + y.data.byteLength + (weights?.data.byteLength ?? 0),
    give(rows, leading) {
      const take = (column: ArrayData): Tensor => {
        const { shape, data } = rows === undefined ? column : takeRows(column, rows)
        return tensor({ shape: [...leading, ...shape.slice(1)], data }, { backend: place.backend })
      }
      // What is there already goes back if the rest fails.
      return tidy(() => ({ rows: { x: take(x), y: take(y), ...(weights && { weights: take(weights) }) } }))
    },
    features: (rows) => Promise.resolve(takeRows(x, rows)),
    dispose: () => undefined,
  }
}

function weightsColumn(weights: ArrayLike<number>, { dtype }: Place): ArrayData {
  return { shape: [weights.length], data: asDType(Float64Array.from(weights), dtype) }
}
