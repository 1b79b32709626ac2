export * from './errors/index.js'
export {
  allocate,
  BYTES_PER_ELEMENT,
  dtypeOf,
  isFloating,
  type ArrayData,
  type ByteArray,
  type DType,
  type TensorSpec,
  type TypedArray,
} from './tensor/dtype.js'
export {
  broadcastShapes,
  formatShape,
  sameShape,
  sizeOf,
  stridesOf,
  windowedExtent,
  type Padding,
  type Padding2d,
} from './shape/index.js'
export { Tensor } from './tensor/tensor.js'
export type { NestedArray } from './tensor/format.js'
export {
  arange,
  eye,
  full,
  linspace,
  ones,
  randomBits,
  randomNormal,
  randomUniform,
  tensor,
  zeros,
  type CreationOptions,
} from './tensor/create.js'
export type { ArraySource, HostArray, HostLike, NestedNumbers } from './arguments/host.js'
export { moveTo } from './tensor/move.js'
export { keep, tidy } from './tensor/scope.js'
export {
  collectLeaves,
  disposeTree,
  flattenTree,
  isTensor,
  leafPaths,
  mapTree,
  tensorsIn,
  unflattenTree,
  type Json,
  type Structure,
  type Tree,
} from './tensor/tree.js'
export * from './ops/index.js'
export {
  customGradient,
  grad,
  hessian,
  jacobian,
  valueAndGrad,
  valueAndGradWithAux,
  vjp,
  type Pullback,
} from './autodiff/grad.js'
export { recordGradients, type GradientStep, type Recording } from './autodiff/record-gradients.js'
export { checkGradients, type GradientCheck } from './autodiff/check-gradients.js'
export { compile, trace, type Compiled, type CompileOptions } from './program/compile.js'
export { scan, type Scan, type ScanOptions, type Stacked } from './program/scan.js'
export { optimize, usesOf } from './program/passes.js'
export {
  operationOf,
  schedule,
  type Fuse,
  type Fusion,
  type Operation,
  type Schedule,
  type Step,
} from './program/schedule.js'
export type { Slot } from './program/memory.js'
export {
  execute,
  executeByValue,
  type ValueDevice,
  type RunKeys,
  type PlannedDevice,
  type Stacks,
  type StepRun,
} from './program/execute.js'
export { interpret } from './program/interpret.js'
export { decodeProgram } from './program/decode.js'
export { encodeProgram, shipProgram } from './program/encode.js'
export { loadProgram, type Loaded } from './program/load.js'
export type { DecodeLimits } from './program/read-program.js'
export { printProgram } from './program/print.js'
export { namedScope } from './program/active-trace.js'
export { checkFinite, findNonFinite, type NonFinite } from './program/non-finite.js'
export type { Instruction, Program, ProgramInput, ValueId } from './program/program.js'
export type { Backend, Capabilities, Executable, Kernel, KernelParams, Kernels, Loop, Operand } from './backend/v1.js'
export {
  defaultBackend,
  firstAvailable,
  memory,
  setDefaultBackend,
  type Availability,
  type Refusal,
} from './backend/default.js'
export { complementaryErrorFunction, errorFunction } from './math/error-function.js'
export { logistic, wholePower } from './math/functions.js'
export { power } from './math/power.js'
export { PRIMITIVE_NAMES, rules } from './primitive/table.js'
export { ELEMENTWISE } from './primitive/elementwise.js'
export type {
  Distribution,
  OptionalPrimitive,
  PrimitiveName,
  PrimitiveParams,
  ViewPrimitive,
} from './primitive/params.js'
export {
  childSeed,
  fillRandom,
  fold,
  Key,
  key,
  Keys,
  randomPermutation,
  resolveKey,
  splitKey,
  uniform,
  type KeyPath,
  type KeySource,
  type KeyWords,
} from './random/index.js'
