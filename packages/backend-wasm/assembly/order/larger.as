/** NaN counts as the largest. */
@inline
export function larger<T>(a: T, b: T): bool {
  if (isFloat<T>()) return a > b || (a != a && b == b)
  return a > b
}

/** NaN counts as the smallest. */
@inline
export function smaller<T>(a: T, b: T): bool {
  if (isFloat<T>()) return a < b || (a != a && b == b)
  return a < b
}
