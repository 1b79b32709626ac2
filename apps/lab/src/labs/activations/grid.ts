import { REACH } from './state.js'

/** Points of the plotted curves. */
export const POINTS = 481
/** Through how many layers a slope is multiplied. */
export const THROUGH = 10

export const xOf = (i: number): number => (2 * REACH * i) / (POINTS - 1) - REACH
/** The plotted point nearest to x. */
export const indexOf = (x: number): number =>
  Math.min(POINTS - 1, Math.max(0, Math.round(((x + REACH) / (2 * REACH)) * (POINTS - 1))))

/** Of the network that collapses: where its curves are drawn, and the units of its hidden layers. */
export const LINE_POINTS = 81
export const LINE_REACH = 2
export const WIDTH = 4
export const lineX = (i: number): number => (2 * LINE_REACH * i) / (LINE_POINTS - 1) - LINE_REACH
