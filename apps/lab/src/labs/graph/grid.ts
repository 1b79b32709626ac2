import { REACH } from './state.js'

/** Points of the curve, and cells of a side of the maps. */
export const LINE = 161
export const SIDE = 33

export const lineX = (i: number): number => (2 * REACH * i) / (LINE - 1) - REACH
/** Middles of cells, row by row from the top. */
export const squareX = (k: number): number => (((k % SIDE) + 0.5) * 2 * REACH) / SIDE - REACH
export const squareY = (k: number): number => REACH - ((Math.floor(k / SIDE) + 0.5) * 2 * REACH) / SIDE

/** The marks of the challenge: a bump. */
export const MARKS = [
  [-2, 0],
  [0, 1],
  [2, 0],
] as const
export const NEAR = 0.1

/** Of the digits: pixels of an image, rows that are trained on and tested on. */
export const PIXELS = 64
export const [TRAIN, TEST] = [400, 400] as const
/** Epochs over which accuracies are averaged to be compared. */
export const RECENT = 8
export const NETS = ['dense', 'conv'] as const
export type Net = (typeof NETS)[number]
