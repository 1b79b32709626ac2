/** The losses of section 4.3.3, in its order. */
export const LOSSES = ['sse', 'mse', 'abs', 'cee'] as const
export type LossName = (typeof LOSSES)[number]

/** Points of a plotted curve of a loss along one output. */
export const CURVE = 121
/** With softmax it goes over scores from -REACH to REACH. */
export const REACH = 6

/** Where the points of the outlier's view stand: evenly, around 0. */
export const PLACES = [-4, -3, -2, -1, 0, 1, 2, 3, 4] as const
/** Their heights go from 0 to this. */
export const TOP = 10
/** Points of a plotted curve of a loss over heights. */
export const HEIGHTS = 101
