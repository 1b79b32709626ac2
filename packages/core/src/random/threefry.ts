/** Two uint32 words: a key, a counter or a block of random bits. */
export type KeyWords = readonly [number, number]

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24]

/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * A block cipher of a counter: stateless, the same on every machine, since it is whole-number arithmetic only.
 * Writes the two words into `out`.
 */
export function threefry2x32(key: KeyWords, c0: number, c1: number, out: Uint32Array): void {
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  const schedule0 = k0
  const schedule1 = k1
  const schedule2 = 0x1bd11bda ^ k0 ^ k1
  let x0 = (c0 + schedule0) | 0
  let x1 = (c1 + schedule1) | 0
  for (let group = 0; group < 5; group++) {
    const base = (group & 1) << 2
    for (let i = 0; i < 4; i++) {
      const r = ROTATIONS[base + i]!
      x0 = (x0 + x1) | 0
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0
    }
    const injected = group + 1
    x0 = (x0 + (injected % 3 === 0 ? schedule0 : injected % 3 === 1 ? schedule1 : schedule2)) | 0
    x1 = (x1 + ((injected + 1) % 3 === 0 ? schedule0 : (injected + 1) % 3 === 1 ? schedule1 : schedule2) + injected) | 0
  }
  out[0] = x0
  out[1] = x1
}
