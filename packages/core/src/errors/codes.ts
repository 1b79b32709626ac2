/**
 * Every stable error code with one line of meaning. docs/errors.md lists each with a cause and a way out.
 * Codes are never renamed; new ones are only added.
 */
export const ERROR_CODES = {
  SHAPE_MISMATCH: 'shapes do not fit the operation',
  DTYPE_MISMATCH: 'dtypes differ, or the operation does not take this dtype',
  AXIS_OUT_OF_RANGE: 'an axis does not exist in the tensor',
  UNKNOWN_OPTION: 'an options object has a key the function does not know',
  INVALID_ARGUMENT: 'an argument has a value outside its range',
  MIXED_BACKENDS: 'tensors of different backends meet in one operation',
  TENSOR_RELEASED: 'a tensor is used after its memory was released',
  NO_DEFAULT_BACKEND: 'a tensor is created without a backend and no default is set',
  BACKEND_UNAVAILABLE: 'a wanted backend cannot run here',
  OUT_OF_MEMORY: 'a backend has no room for a tensor',
  DEVICE_LOST: 'a device lost its data, for instance a WebGL context',
  NOT_SUPPORTED: 'the backend declares that it lacks this capability',
  NON_FINITE: 'a value is NaN or infinite where it must be finite',
  SYMBOLIC_VALUE: 'code asks for the data of a value that is only being traced',
  SYMBOLIC_ESCAPE: 'a traced value is used outside the trace that made it',
  NOT_DIFFERENTIABLE: 'no gradient exists for what was asked',
  NOT_FITTED: 'a transformer is used before fit',
  UNKNOWN_CATEGORY: 'an encoder meets a category it was not fitted with',
  BAD_CSV: 'a CSV text breaks the format',
  BAD_FILE: 'a file cannot be read or written, is damaged, or is of another kind',
  BAD_PROGRAM: 'an encoded program is damaged, or is none',
  BAD_CHECKPOINT: 'a checkpoint is damaged, or belongs to another run',
  NOT_INITIALIZED: 'params do not belong to the model, or were not made by init',
  ABORTED: 'an AbortSignal ended the work',
  WORKER_FAILED: 'a worker ended before it had answered',
  TASK_FAILED: 'a task in a worker threw an error that has no code',
  UNREACHABLE: 'a service, such as a database, does not answer',
  PACKAGE_MISSING: 'an optional package is not installed',
} as const

/** A stable error code, for example `SHAPE_MISMATCH`. */
export type ErrorCode = keyof typeof ERROR_CODES
