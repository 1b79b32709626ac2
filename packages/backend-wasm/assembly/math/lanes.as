// What the functions of this folder share. Everything is inlined: the compiler of the backend copies the body of a
// function into the module of a program, so a body may call nothing, and touch neither memory nor globals.

@inline
export function all(x: f32): v128 {
  return f32x4.splat(x)
}

@inline
export function bits(x: i32): v128 {
  return i32x4.splat(x)
}

@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b)
}

@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b)
}

@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b)
}

/** a * b + c, in two roundings: WebAssembly has no fused one. */
@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/** a where the mask has ones, b elsewhere. */
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask)
}

/** x within [low, high]; NaN stays NaN. (pmin and pmax are one instruction of the processor; min and max are several.) */
@inline
export function clamp(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmax(f32x4.pmin(x, all(high)), all(low))
}

/** |x| with the sign of `sign`: how odd functions keep -0. */
@inline
export function withSign(x: v128, sign: v128): v128 {
  return v128.bitselect(x, sign, bits(0x7fffffff))
}

/** 1.5 * 2^23. Adding it leaves the nearest whole number in the low bits of the sum. */
@inline
export const ROUNDER: f32 = 12582912

/** The power of two whose exponent, with its bias, is in the low 9 bits: those of a whole number + 127, or of ROUNDER + k + 127. */
@inline
export function exponent(low: v128): v128 {
  return i32x4.shl(low, 23)
}
