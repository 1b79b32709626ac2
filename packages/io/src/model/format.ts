import type { Json } from '@neurite/core'

/** How many example rows a file stores. */
export const MOST_GOLDEN = 8
export const GOLDEN_INPUTS = 'golden.inputs'
export const GOLDEN_OUTPUTS = 'golden.outputs'
export const GOLDEN_VALUES = 'golden.values'

/** The fields of the metadata. The README says what each holds. */
export const FIELDS = ['model', 'input', 'params', 'state', 'preprocessing', 'target', 'golden'] as const

/** Each field as plain data; undefined is left out. */
export type Metadata = Readonly<Record<(typeof FIELDS)[number], Json | object | undefined>>
