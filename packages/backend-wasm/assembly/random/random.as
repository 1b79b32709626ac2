import { quantile } from './normal'

// Numbers from keys, the same to the bit as those of fillRandom of @neurite/core, whose comments say why they are made like this.

@inline
const BITS = 0
@inline
const UNIFORM = 1
@inline
const NORMAL = 2

@inline
function turn(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by))
}

/** Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw 2011) of four counters at a time; element i depends on the key and i alone. */
@inline
function fill<T>(distribution: i32, out: i32, length: i32, key0: i32, key1: i32): void {
  for (let i = 0; i < length; i += 4) {
    // The schedule of keys, which moves on by one in each group of rounds.
    let next = key1
    let second = 0x1bd11bda ^ key0 ^ key1
    let third = key0
    let x = i32x4.add(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(key0))
    let y = i32x4.splat(key1)
    for (let group = 0; group < 5; group++) {
      const odd = group & 1
      x = i32x4.add(x, y)
      y = v128.xor(turn(y, odd ? 17 : 13), x)
      x = i32x4.add(x, y)
      y = v128.xor(turn(y, odd ? 29 : 15), x)
      x = i32x4.add(x, y)
      y = v128.xor(turn(y, odd ? 16 : 26), x)
      x = i32x4.add(x, y)
      y = v128.xor(turn(y, odd ? 24 : 6), x)
      x = i32x4.add(x, i32x4.splat(next))
      y = i32x4.add(y, i32x4.splat(second + group + 1))
      const first = next
      next = second
      second = third
      third = first
    }
    put<T>(distribution, out, i, length, i32x4.extract_lane(x, 0), i32x4.extract_lane(y, 0))
    put<T>(distribution, out, i + 1, length, i32x4.extract_lane(x, 1), i32x4.extract_lane(y, 1))
    put<T>(distribution, out, i + 2, length, i32x4.extract_lane(x, 2), i32x4.extract_lane(y, 2))
    put<T>(distribution, out, i + 3, length, i32x4.extract_lane(x, 3), i32x4.extract_lane(y, 3))
  }
}

/** high * 2^26 + low, of up to 53 bits. */
@inline
function wide(high: u32, low: u32): f64 {
  return <f64>high * 67108864 + <f64>low
}

/** Element i, from its block of random bits. */
@inline
function put<T>(distribution: i32, out: i32, i: i32, length: i32, high: u32, low: u32): void {
  if (i >= length) return
  let value: T
  if (distribution == BITS) value = <T>(high >> 8)
  else if (distribution == NORMAL) value = <T>quantile((wide(high >> 6, low >> 6) + 0.5) * 2.220446049250313e-16)
  else if (sizeof<T>() == 4) value = <T>(<f32>(high >> 8) * 5.960464477539063e-8)
  else value = <T>(wide(high >> 5, low >> 6) * 1.1102230246251565e-16)
  store<T>(out + i * sizeof<T>(), value)
}

export function random_bits_i32(out: i32, length: i32, key0: i32, key1: i32): void {
  fill<i32>(BITS, out, length, key0, key1)
}

export function random_uniform_f32(out: i32, length: i32, key0: i32, key1: i32): void {
  fill<f32>(UNIFORM, out, length, key0, key1)
}

export function random_uniform_f64(out: i32, length: i32, key0: i32, key1: i32): void {
  fill<f64>(UNIFORM, out, length, key0, key1)
}

export function random_normal_f32(out: i32, length: i32, key0: i32, key1: i32): void {
  fill<f32>(NORMAL, out, length, key0, key1)
}

export function random_normal_f64(out: i32, length: i32, key0: i32, key1: i32): void {
  fill<f64>(NORMAL, out, length, key0, key1)
}
