import { having } from '@neurite/core/arguments'

/** Reads what ends work before it is done. */
export const aSignal = /* @__PURE__ */ having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener')
