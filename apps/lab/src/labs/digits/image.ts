/** Images are 8 x 8 pixels with ink from 0 to 16, as the data set's: a stroke is as soft as there (E. Alpaydin and C. Kaynak 1998). */
export const SIDE = 8
export const MOST_INK = 16

/** Rows from the top, each from the left. */
export type Image = readonly number[]

export const BLANK: Image = new Array<number>(SIDE * SIDE).fill(0)

/** An image in a link: a character a pixel, from `0` to `g`. */
export const isImageText = (text: string): boolean => /^[0-9a-g]{64}$/.test(text)

export const imageOf = (text: string): Image => Array.from(text, (character) => parseInt(character, MOST_INK + 1))

export const textOf = (image: Image): string => image.map((ink) => ink.toString(MOST_INK + 1)).join('')

/** As much ink as the network is given: from 0 to 1. */
export const scaled = (image: Image): Float32Array => Float32Array.from(image, (ink) => ink / MOST_INK)

/** Full within this many pixels of the pen, none beyond the other. */
const [CORE, REACH] = [0.45, 1.25]

/** A dab of the pen, or of the rubber, whose place is in pixels: (0.5, 0.5) is the middle of the first. */
export function dab(image: Image, [x, y]: readonly [number, number], rubber: boolean): Image {
  return image.map((ink, k) => {
    const away = Math.hypot((k % SIDE) + 0.5 - x, Math.floor(k / SIDE) + 0.5 - y)
    const strength = Math.min(1, Math.max(0, (REACH - away) / (REACH - CORE)))
    return rubber
      ? Math.min(ink, Math.round(MOST_INK * (1 - strength)))
      : Math.max(ink, Math.round(MOST_INK * strength))
  })
}

/** A stroke from one place to another. */
export function stroke(
  image: Image,
  from: readonly [number, number],
  to: readonly [number, number],
  rubber: boolean,
): Image {
  const steps = Math.max(1, Math.ceil(4 * Math.hypot(to[0] - from[0], to[1] - from[1])))
  let drawn = image
  for (let i = 1; i <= steps; i++)
    drawn = dab(drawn, [from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps], rubber)
  return drawn
}

/** One pixel by itself: half the ink, then all of it. */
export const inked = (image: Image, at: number): Image =>
  image.map((ink, k) => (k === at ? (ink < MOST_INK / 2 ? MOST_INK / 2 : MOST_INK) : ink))

export const erased = (image: Image, at: number): Image => image.map((ink, k) => (k === at ? 0 : ink))
