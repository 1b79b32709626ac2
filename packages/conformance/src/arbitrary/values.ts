import type { DType } from '@neurite/core'
import { elementCount, storageFor, type HostArray } from '../reference/host.js'

/**
 * What elements are drawn from. All are exact in half precision: a device's storage format is never what is tested.
 * - `moderate`: multiples of 1/64 in [-4, 4]; whole numbers in [-9, 9]
 * - `positive`: the same, above 0
 * - `nonZero`: the same, without 0
 * - `ties`: a handful of values, so that equals meet
 * - `special`: moderate, and a quarter NaN, infinities, 0 and -0
 * - `sparseNaN`: ties, and an eighth NaN
 */
export type Palette = 'moderate' | 'positive' | 'nonZero' | 'ties' | 'special' | 'sparseNaN'

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0] as const

/**
 * A small generator for filling arrays: mulberry32. Shrinking a counterexample's shape matters, shrinking its elements
 * does not.
 */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A host array filled from a seed. */
export function fill(shape: readonly number[], dtype: DType, seed: number, palette: Palette = 'moderate'): HostArray {
  const next = generator(seed)
  const data = storageFor(dtype, elementCount(shape))
  for (let i = 0; i < data.length; i++)
    data[i] = dtype === 'bool' ? Math.floor(next() * 2) : dtype === 'int32' ? whole(next, palette) : real(next, palette)
  return { shape, dtype, data }
}

function whole(next: () => number, palette: Palette): number {
  if (palette === 'positive') return 1 + Math.floor(next() * 9)
  if (palette === 'nonZero') return (1 + Math.floor(next() * 9)) * (next() < 0.5 ? -1 : 1)
  return Math.floor(next() * 19) - 9
}

function real(next: () => number, palette: Palette): number {
  const magnitude = (1 + Math.floor(next() * 256)) / 64
  const signed = next() < 0.5 ? -magnitude : magnitude
  switch (palette) {
    case 'positive':
      return magnitude
    case 'nonZero':
      return signed
    case 'moderate':
      return next() < 1 / 32 ? 0 : signed
    case 'ties':
      return Math.floor(next() * 5) - 2
    case 'sparseNaN':
      return next() < 1 / 8 ? NaN : Math.floor(next() * 5) - 2
    case 'special':
      return next() < 1 / 4 ? SPECIAL[Math.floor(next() * SPECIAL.length)]! : signed
  }
}

/** Whole numbers in [0, extent), as int32; with `beyond`, some lie outside. */
export function fillIndices(shape: readonly number[], extent: number, seed: number, beyond = false): HostArray {
  const next = generator(seed)
  const data = new Int32Array(elementCount(shape))
  for (let i = 0; i < data.length; i++) {
    data[i] =
      beyond && next() < 0.2
        ? next() < 0.5
          ? -1 - Math.floor(next() * 3)
          : extent + Math.floor(next() * 3)
        : Math.floor(next() * extent)
  }
  return { shape, dtype: 'int32', data }
}
