// Convolution and its gradients for float64, plainly. All three go through the same triples of an element of the image, one of the filter and
// one of the output, and add the product of two of them to the third.

@inline
const IMAGE = 0
@inline
const FILTER = 1
@inline
const OUTPUT = 2

function convolve(
  sum: i32,
  image: i32,
  filter: i32,
  output: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
): void {
  if (sum == IMAGE) memory.fill(image, 0, n * height * width * channels * 8)
  else if (sum == FILTER) memory.fill(filter, 0, kh * kw * channels * outChannels * 8)
  else memory.fill(output, 0, n * oh * ow * outChannels * 8)
  for (let window = 0; window < n * oh * ow; window++, output += outChannels * 8) {
    const above = window / ow
    const top = (above % oh) * strideH - padTop
    const left = (window % ow) * strideW - padLeft
    for (let place = 0; place < kh * kw; place++) {
      const y = top + place / kw
      const x = left + (place % kw)
      if (u32(y) >= u32(height) || u32(x) >= u32(width)) continue
      let i = image + (((above / oh) * height + y) * width + x) * channels * 8
      let f = filter + place * channels * outChannels * 8
      for (let c = 0; c < channels; c++, i += 8) {
        for (let o = output, end = output + outChannels * 8; o != end; o += 8, f += 8) {
          if (sum == IMAGE) store<f64>(i, load<f64>(i) + load<f64>(o) * load<f64>(f))
          else if (sum == FILTER) store<f64>(f, load<f64>(f) + load<f64>(i) * load<f64>(o))
          else store<f64>(o, load<f64>(o) + load<f64>(i) * load<f64>(f))
        }
      }
    }
  }
}

export function conv2d_f64(
  out: i32,
  image: i32,
  filter: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  _scratch: i32,
): void {
  convolve(
    OUTPUT,
    image,
    filter,
    out,
    n,
    height,
    width,
    channels,
    kh,
    kw,
    outChannels,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

/** All elements of the windows: in float64 nobody takes some of them. */
export function conv2dFilterGradient_f64(
  out: i32,
  image: i32,
  upstream: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  _first: i32,
  _count: i32,
  _scratch: i32,
): void {
  convolve(
    FILTER,
    image,
    out,
    upstream,
    n,
    height,
    width,
    channels,
    kh,
    kw,
    outChannels,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}

export function conv2dInputGradient_f64(
  out: i32,
  upstream: i32,
  filter: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  _scratch: i32,
): void {
  convolve(
    IMAGE,
    out,
    filter,
    upstream,
    n,
    height,
    width,
    channels,
    kh,
    kw,
    outChannels,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
}
