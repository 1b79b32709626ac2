// As in maximum.ts.

@inline
const MEAN = 0
@inline
const SHARES = 1

/** The mean of each window (MEAN), or its element of `outer` in equal shares added to what it covers (SHARES). */
function average<T>(
  mode: i32,
  outer: i32,
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
    let first = image + ((above / oh) * height + top) * line + left * pixel
    const count = <T>(rows * columns)
    let c = 0
    if (sizeof<T>() == 4) {
      for (; c + 4 <= channels; c += 4, first += 16, outer += 16) {
        let total = mode == MEAN ? f32x4.splat(0) : f32x4.div(v128.load(outer), f32x4.splat(<f32>count))
        for (let row = 0; row < rows; row++) {
          for (let column = 0, p = first + row * line; column < columns; column++, p += pixel) {
            const sum = f32x4.add(total, v128.load(p))
            if (mode == MEAN) total = sum
            else v128.store(p, sum)
          }
        }
        if (mode == MEAN) v128.store(outer, f32x4.div(total, f32x4.splat(<f32>count)))
      }
    }
    for (; c < channels; c++, first += sizeof<T>(), outer += sizeof<T>()) {
      let total = mode == MEAN ? <T>0 : load<T>(outer) / count
      for (let row = 0; row < rows; row++) {
        for (let column = 0, p = first + row * line; column < columns; column++, p += pixel) {
          const sum = total + load<T>(p)
          if (mode == MEAN) total = sum
          else store<T>(p, sum)
        }
      }
      if (mode == MEAN) store<T>(outer, total / count)
    }
  }
}

export function avgPool2d_f32(
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
  average<f32>(
    MEAN,
    out,
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

export function avgPool2dGradient_f32(
  out: i32,
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
  average<f32>(
    SHARES,
    upstream,
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

export function avgPool2d_f64(
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
  average<f64>(
    MEAN,
    out,
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

export function avgPool2dGradient_f64(
  out: i32,
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
  average<f64>(
    SHARES,
    upstream,
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
