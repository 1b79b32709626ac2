import { larger } from '../order/larger'

// Windows over images [n, height, width, channels]; padding never counts. Of float32, four channels go together.

/** What becomes of the place of a window's maximum. */
@inline
const PICK = 0
@inline
const GRADIENT = 1

/**
 * The first maximum of each window: `values` has it at its place (PICK; the values may be the image itself), or gets the window's element of
 * `outer` added there (GRADIENT).
 */
function maximum<T>(
  mode: i32,
  outer: i32,
  image: i32,
  values: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  // Nothing has no maximum.
  if (height == 0 || width == 0) {
    if (mode == PICK) for (let i = 0; i < n * oh * ow * channels; i++) store<T>(outer + i * sizeof<T>(), <T>NaN)
    return
  }
  const pixel = channels * sizeof<T>()
  const line = width * pixel
  for (let window = 0; window < n * oh * ow; window++) {
    const above = window / ow
    const y = (above % oh) * strideH - padTop
    const x = (window % ow) * strideW - padLeft
    const top = max(y, 0)
    const left = max(x, 0)
    const rows = min(y + windowH, height) - top
    const columns = min(x + windowW, width) - left
    let first = ((above / oh) * height + top) * line + left * pixel
    let c = 0
    if (sizeof<T>() == 4) {
      for (; c + 4 <= channels; c += 4, first += 16, outer += 16) {
        let best = v128.load(image + first)
        let at = i32x4.splat(first)
        for (let row = 0; row < rows; row++) {
          for (let column = 0, p = first + row * line; column < columns; column++, p += pixel) {
            const value = v128.load(image + p)
            const numbers = f32x4.gt(value, best)
            const wins = v128.or(numbers, v128.and(f32x4.ne(value, value), f32x4.eq(best, best)))
            best = v128.bitselect(value, best, wins)
            at = v128.bitselect(i32x4.splat(p), at, wins)
          }
        }
        move<T>(mode, outer, values + i32x4.extract_lane(at, 0))
        move<T>(mode, outer + 4, values + i32x4.extract_lane(at, 1) + 4)
        move<T>(mode, outer + 8, values + i32x4.extract_lane(at, 2) + 8)
        move<T>(mode, outer + 12, values + i32x4.extract_lane(at, 3) + 12)
      }
    }
    for (; c < channels; c++, first += sizeof<T>(), outer += sizeof<T>()) {
      let at = first
      let best = load<T>(image + first)
      for (let row = 0; row < rows; row++) {
        for (let column = 0, p = first + row * line; column < columns; column++, p += pixel) {
          const value = load<T>(image + p)
          if (larger<T>(value, best)) {
            best = value
            at = p
          }
        }
      }
      move<T>(mode, outer, values + at)
    }
  }
}

@inline
function move<T>(mode: i32, outer: i32, inner: i32): void {
  if (mode == PICK) store<T>(outer, load<T>(inner))
  else store<T>(inner, load<T>(inner) + load<T>(outer))
}

export function maxPool2d_f32(
  out: i32,
  image: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  maximum<f32>(
    PICK,
    out,
    image,
    image,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function maxPool2dPick_f32(
  out: i32,
  image: i32,
  values: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  maximum<f32>(
    PICK,
    out,
    image,
    values,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function maxPool2dGradient_f32(
  out: i32,
  image: i32,
  upstream: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  memory.fill(out, 0, n * height * width * channels * 4)
  maximum<f32>(
    GRADIENT,
    upstream,
    image,
    out,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function maxPool2d_f64(
  out: i32,
  image: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  maximum<f64>(
    PICK,
    out,
    image,
    image,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function maxPool2dPick_f64(
  out: i32,
  image: i32,
  values: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  maximum<f64>(
    PICK,
    out,
    image,
    values,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function maxPool2dGradient_f64(
  out: i32,
  image: i32,
  upstream: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  windowH: i32,
  windowW: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  memory.fill(out, 0, n * height * width * channels * 8)
  maximum<f64>(
    GRADIENT,
    upstream,
    image,
    out,
    n,
    height,
    width,
    channels,
    windowH,
    windowW,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}
