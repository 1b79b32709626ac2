/** Numbers in (-1, 1), the same for the same seed (mulberry32). */
export function numbers(length: number, seed: number): Float32Array {
  let state = seed | 0
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  })
}
