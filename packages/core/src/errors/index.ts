export { ERROR_CODES, type ErrorCode } from './codes.js'
export { NeuriteError } from './neurite-error.js'
export { checkArgument, checkOptions } from './check.js'
