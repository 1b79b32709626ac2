/** Of a table of one's own, so that a page keeps its breath. */
export const MOST_BYTES = 16 * 2 ** 20
export const MOST_ROWS = 20_000
export const MOST_COLUMNS = 200

/** Rows that a picture shows one by one. */
export const MOST_MARKS = 240
