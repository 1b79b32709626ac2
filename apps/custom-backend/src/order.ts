/** Whether a comes before b from the top: NaN is larger than every number, as in NumPy. */
export function larger(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b))
}

/** Whether a comes before b from the bottom: NaN wins here, too, so that it is never hidden. */
export function smaller(a: number, b: number): boolean {
  return a < b || (Number.isNaN(a) && !Number.isNaN(b))
}
