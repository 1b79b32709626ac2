export { ERROR_CODES, type ErrorCode } from './codes.js'
export { NeuriteError } from './neurite-error.js'
export { checkArgument } from './check.js'
