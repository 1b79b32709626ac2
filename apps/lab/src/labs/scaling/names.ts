/** The chapter's ways to treat features (section 4.3.1), in its order. */
export const SCALINGS = ['raw', 'minmax', 'zscore'] as const
export type Scaling = (typeof SCALINGS)[number]

export const PEOPLE = 100
/** Of heights in cm and weights in kg: what the stage shows. */
export const MOST = 300
/** More iterations are not tried. */
export const LIMIT = 5000
/** Converged: predictions are on average no further than this from the best ones, in square metres of skin. */
export const NEAR = 0.001
/** The chapter's list, without its outlier. */
export const LIST = [0, 0, 1, 1, 1, 2, 2, 2, 3] as const

/** Scalers for the list: the chapter's two, and one that looks at the middle half of the values alone. */
export const WAYS = ['minmax', 'zscore', 'robust'] as const
export type Way = (typeof WAYS)[number]
/** The outlier of the list is at least as large as all others, and goes up to this. */
export const LEAST_FAR = 3
export const FURTHEST = 200
