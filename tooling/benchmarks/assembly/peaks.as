// What one core of this machine can do in plain WASM SIMD, for the roofline: arithmetic in registers, and copying.

@inline
function next(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(0.999)), f32x4.splat(0.001))
}

/** Operations of one turn of `mulAdd`: 12 chains of a multiplication and an addition of 4 lanes. */
export const OPERATIONS: i32 = 96

/** Twelve chains that do not wait for each other: more than a core has in flight, and few enough for its registers. */
export function mulAdd(turns: i32): f32 {
  let a = f32x4.splat(0.1), b = f32x4.splat(0.2), c = f32x4.splat(0.3), d = f32x4.splat(0.4)
  let e = f32x4.splat(0.5), f = f32x4.splat(0.6), g = f32x4.splat(0.7), h = f32x4.splat(0.8)
  let i = f32x4.splat(0.9), j = f32x4.splat(0.11), k = f32x4.splat(0.12), l = f32x4.splat(0.13)
  for (let turn = 0; turn < turns; turn++) {
    a = next(a), b = next(b), c = next(c), d = next(d), e = next(e), f = next(f)
    g = next(g), h = next(h), i = next(i), j = next(j), k = next(k), l = next(l)
  }
  const sums = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)))
  return f32x4.extract_lane(f32x4.add(sums, f32x4.add(f32x4.add(i, j), f32x4.add(k, l))), 0)
}

/** Copies `bytes` from one place to another, `count` times. */
export function copy(to: usize, from: usize, bytes: usize, count: i32): void {
  for (let i = 0; i < count; i++) memory.copy(to, from, bytes)
}
