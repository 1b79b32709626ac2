export { hostArray as toHost } from '@neurite/core/arguments'
export type { ArraySource, HostArray, NestedNumbers } from '@neurite/core'
