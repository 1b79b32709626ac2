/** Running sums along the middle axis of outer x extent x inner, added in S: in doubles for float32, since each sum goes on from the one before. */
@inline
function runningSums<T, S>(out: i32, x: i32, outer: i32, extent: i32, inner: i32, reverse: i32): void {
  const line = extent * inner * sizeof<T>()
  const first = reverse ? line - inner * sizeof<T>() : 0
  const step = reverse ? -inner * sizeof<T>() : inner * sizeof<T>()
  for (let i = 0; i < outer; i++, out += line, x += line) {
    for (let j = 0; j < inner; j++) {
      let total: S = 0
      for (let k = 0, p = j * sizeof<T>() + first; k < extent; k++, p += step) {
        total += <S>load<T>(x + p)
        store<T>(out + p, <T>total)
      }
    }
  }
}

export function cumsum_f32(out: i32, x: i32, outer: i32, extent: i32, inner: i32, reverse: i32): void {
  runningSums<f32, f64>(out, x, outer, extent, inner, reverse)
}

export function cumsum_f64(out: i32, x: i32, outer: i32, extent: i32, inner: i32, reverse: i32): void {
  runningSums<f64, f64>(out, x, outer, extent, inner, reverse)
}

export function cumsum_i32(out: i32, x: i32, outer: i32, extent: i32, inner: i32, reverse: i32): void {
  runningSums<i32, i32>(out, x, outer, extent, inner, reverse)
}
