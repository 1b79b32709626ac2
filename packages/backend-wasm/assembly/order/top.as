import { larger } from './larger'

/** Whether element i comes before element j: it is larger, or the same and earlier. */
@inline
function before<T>(x: i32, i: i32, j: i32): bool {
  const a = load<T>(x + i * sizeof<T>())
  const b = load<T>(x + j * sizeof<T>())
  return larger<T>(a, b) || (!larger<T>(b, a) && i < j)
}

/** Puts `index` into a heap of `count` indices in place of its root, the one that comes last (Williams 1964). */
function sift<T>(heap: i32, count: i32, x: i32, index: i32): void {
  let at = 0
  for (let child = 1; child < count; child = 2 * at + 1) {
    let later = load<i32>(heap + child * 4)
    if (child + 1 < count && before<T>(x, later, load<i32>(heap + child * 4 + 4))) {
      child++
      later = load<i32>(heap + child * 4)
    }
    if (before<T>(x, later, index)) break
    store<i32>(heap + at * 4, later)
    at = child
  }
  store<i32>(heap + at * 4, index)
}

/** Puts element `index` into a heap of the elements before it. */
function rise<T>(heap: i32, index: i32, x: i32): void {
  let at = index
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = load<i32>(heap + parent * 4)
    if (!before<T>(x, above, index)) break
    store<i32>(heap + at * 4, above)
    at = parent
  }
  store<i32>(heap + at * 4, index)
}

/**
 * The indices of the k largest of each row, largest first. The first k are put into a heap, which lies in the output; each other one that comes
 * before the last of them takes its place. What is taken from the heap then, one after the other, comes last, last but one, and so on
 */
@inline
function top<T>(out: i32, x: i32, rows: i32, columns: i32, k: i32): void {
  for (let row = 0; row < rows; row++, out += k * 4, x += columns * sizeof<T>()) {
    for (let i = 0; i < k; i++) rise<T>(out, i, x)
    for (let i = k; i < columns; i++) if (before<T>(x, i, load<i32>(out))) sift<T>(out, k, x, i)
    for (let count = k - 1; count > 0; count--) {
      const last = load<i32>(out)
      sift<T>(out, count, x, load<i32>(out + count * 4))
      store<i32>(out + count * 4, last)
    }
  }
}

export function topKIndices_f32(out: i32, x: i32, rows: i32, columns: i32, k: i32, _scratch: i32): void {
  top<f32>(out, x, rows, columns, k)
}

export function topKIndices_f64(out: i32, x: i32, rows: i32, columns: i32, k: i32, _scratch: i32): void {
  top<f64>(out, x, rows, columns, k)
}

export function topKIndices_i32(out: i32, x: i32, rows: i32, columns: i32, k: i32, _scratch: i32): void {
  top<i32>(out, x, rows, columns, k)
}
