import { NeuriteError, type ArrayData } from '@neurite/core'
import { mustBe } from '@neurite/core/arguments'

/** How much the rows of each class count in the training loss: by class index, or 'balanced': rows / (classes * rows of the class). */
export type ClassWeights = 'balanced' | Readonly<Record<number, number>> | readonly number[]

/**
 * The class index of each row of targets: one-hot rows, class indices, or 0 and 1.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes
 */
export function classesOf(where: string, { shape, data }: ArrayData): Int32Array {
  const rows = shape[0] ?? 0
  const width = rows === 0 ? 0 : data.length / rows
  const classes = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const found = width === 1 ? indexFrom(data[row]!) : hotIn(data, row * width, width)
    if (found < 0) {
      const what =
        width === 1 ? String(data[row]) : `[${[...data.subarray(row * width, (row + 1) * width)].join(', ')}]`
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: the target of row ${row} is ${what}, which is no class: expected a class index (a whole number from 0) or a one-hot row.`,
        { row },
      )
    }
    classes[row] = found
  }
  return classes
}

function indexFrom(value: number): number {
  return Number.isInteger(value) && value >= 0 ? value : -1
}

/** Where the only 1 among zeros is, or -1. */
function hotIn(data: ArrayData['data'], start: number, width: number): number {
  let hot = -1
  for (let i = 0; i < width; i++) {
    const value = data[start + i]!
    if (value === 0) continue
    if (value !== 1 || hot >= 0) return -1
    hot = i
  }
  return hot
}

/**
 * Of the training loss: sample weight times class weight, one number a row; undefined if there are neither.
 *
 * @param targets - needed where there are class weights
 * @param trainRows - over which 'balanced' counts the classes, as scikit-learn's compute_class_weight does
 */
export function rowWeights(
  targets: ArrayData | undefined,
  sampleWeights: ArrayData['data'] | undefined,
  classWeights: ClassWeights | undefined,
  trainRows: Int32Array,
): Float64Array | undefined {
  if (classWeights === undefined || targets === undefined) return sampleWeights && Float64Array.from(sampleWeights)
  const classes = classesOf('fit: classWeights', targets)
  const byClass = classWeights === 'balanced' ? balanced(classes, trainRows) : known(classWeights, classes)
  return Float64Array.from(classes, (c, row) => (byClass.get(c) ?? 0) * (sampleWeights?.[row] ?? 1))
}

function balanced(classes: Int32Array, trainRows: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const row of trainRows) counts.set(classes[row]!, (counts.get(classes[row]!) ?? 0) + 1)
  return new Map([...counts].map(([c, count]) => [c, trainRows.length / (counts.size * count)]))
}

/** A weight for each class that there is. */
function known(weights: Exclude<ClassWeights, 'balanced'>, classes: Int32Array): ReadonlyMap<number, number> {
  const byClass = new Map(Object.entries(weights).map(([c, weight]) => [Number(c), weight]))
  const missing = classes.find((c) => !byClass.has(c))
  if (missing !== undefined)
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `fit: classWeights has no weight for class ${missing}; give one for every class.`,
      { class: missing },
    )
  return byClass
}

export function readClassWeights(where: string, name: string, weights: unknown): ClassWeights {
  if (weights === 'balanced') return weights
  const fits =
    typeof weights === 'object' &&
    weights !== null &&
    Object.entries(weights).every(
      ([c, weight]: [string, unknown]) => Number.isInteger(Number(c)) && Number.isFinite(weight) && Number(weight) >= 0,
    )
  if (!fits) throw mustBe(where, name, "'balanced', or a number >= 0 for each class index", weights)
  return weights as ClassWeights
}
