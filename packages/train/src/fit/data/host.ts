import { allocate, dtypeOf, type ArrayData, type DType, type TypedArray } from '@neurite/core'

// Rows in typed arrays.

/** Rows of several arrays, one under the other. */
export function joined(
  parts: readonly { readonly part: ArrayData; readonly from: number; readonly to: number }[],
): ArrayData {
  const [first] = parts
  const { shape, data } = first!.part
  const width = data.length / shape[0]!
  const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0)
  const result = emptyLike(
    parts.map(({ part }) => part.data),
    rows * width,
  )
  let at = 0
  for (const { part, from, to } of parts) {
    result.set(part.data.subarray(from * width, to * width), at)
    at += (to - from) * width
  }
  return { shape: [rows, ...shape.slice(1)], data: result }
}

/** Of the kind that all are, so that class indices stay whole numbers; float64 holds a mixture. */
function emptyLike(all: readonly TypedArray[], length: number): TypedArray {
  if (all.every((data) => data instanceof Float32Array)) return new Float32Array(length)
  if (all.every((data) => data instanceof Int32Array)) return new Int32Array(length)
  if (all.every((data) => data instanceof Uint8Array)) return new Uint8Array(length)
  return new Float64Array(length)
}

/** The first rows, so many. */
export function firstRows(count: number): Int32Array {
  const rows = new Int32Array(count)
  for (let i = 0; i < count; i++) rows[i] = i
  return rows
}

/** Some rows, one under the other. */
export function takeRows({ shape, data }: ArrayData, rows: Int32Array): ArrayData {
  const width = data.length / (shape[0] || 1)
  const taken = allocate(dtypeOf(data), rows.length * width)
  if (width === 1) for (let i = 0; i < rows.length; i++) taken[i] = data[rows[i]!]!
  else
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i]! * width
      taken.set(data.subarray(from, from + width), i * width)
    }
  return { shape: [rows.length, ...shape.slice(1)], data: taken }
}

/** The same array where it is of this dtype already. */
export function asDType(data: TypedArray, dtype: DType): TypedArray {
  if (dtypeOf(data) === dtype) return data
  const converted = allocate(dtype, data.length)
  converted.set(data)
  return converted
}
