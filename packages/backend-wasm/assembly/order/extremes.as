import { larger, smaller } from './larger'

/** The index of the first extreme along the middle axis of outer x extent x inner. */
@inline
function extreme<T>(out: i32, x: i32, outer: i32, extent: i32, inner: i32, most: bool): void {
  const stride = inner * sizeof<T>()
  for (let i = 0; i < outer; i++, x += (extent - 1) * stride) {
    for (let j = 0; j < inner; j++, x += sizeof<T>(), out += 4) {
      let best = load<T>(x)
      let at = 0
      for (let k = 1, p = x + stride; k < extent; k++, p += stride) {
        const value = load<T>(p)
        if (most ? larger<T>(value, best) : smaller<T>(value, best)) {
          best = value
          at = k
        }
      }
      store<i32>(out, at)
    }
  }
}

export function argMax_f32(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<f32>(out, x, outer, extent, inner, true)
}

export function argMax_f64(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<f64>(out, x, outer, extent, inner, true)
}

export function argMax_i32(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<i32>(out, x, outer, extent, inner, true)
}

export function argMin_f32(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<f32>(out, x, outer, extent, inner, false)
}

export function argMin_f64(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<f64>(out, x, outer, extent, inner, false)
}

export function argMin_i32(out: i32, x: i32, outer: i32, extent: i32, inner: i32): void {
  extreme<i32>(out, x, outer, extent, inner, false)
}
