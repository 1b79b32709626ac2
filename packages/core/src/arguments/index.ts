// How packages read what callers give them: options, and data on the host. For whoever writes layers, transformers, metrics.
export { readOptions, takesNoOptions, type ReadBy, type Readers } from './options.js'
export {
  aBoolean,
  aDType,
  aFunction,
  aNumber,
  anObject,
  aSeed,
  asGiven,
  aString,
  aTensor,
  aModelTree,
  aTree,
  either,
  having,
  listOf,
  must,
  mustBe,
  number,
  oneOf,
  optional,
  or,
  show,
  whole,
  type Reader,
} from './readers.js'
export { readKind } from './kinds.js'
export { hostArray, isTyped, readArray } from './host.js'
export { aBackend } from '../backend/default.js'
