import {
  add,
  arange,
  argMax,
  argMin,
  broadcastTo,
  cast,
  clip,
  compile,
  concat,
  cumsum,
  einsum,
  exp,
  expandDims,
  fold,
  full,
  gather,
  grad,
  jacobian,
  key,
  leakyRelu,
  linspace,
  logicalAnd,
  matmul,
  mean,
  mul,
  norm,
  oneHot,
  pad,
  randomUniform,
  relu,
  reshape,
  sin,
  slice,
  softmax,
  split,
  squeeze,
  stack,
  sum,
  tensor,
  tidy,
  tile,
  topK,
  trace,
  transpose,
  vjp,
  where,
  type Backend,
  type DType,
  type ErrorCode,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, layerNorm, maxPool2d } from '@neurite/core/functional'

/** Makes tensors on the backend at hand. */
export type Make = (shape: readonly number[], dtype?: DType) => Tensor

/**
 * A wrong call, the code it must throw, and words that its message must hold: what was wrong, in the caller's terms.
 */
export type WrongCall = readonly [
  what: string,
  code: ErrorCode,
  words: readonly string[],
  call: (x: Make, backend: Backend) => unknown,
]

// What JavaScript callers write and TypeScript refuses.
const wrong = (value: unknown): never => value as never

/** Sorted by code. */
export const WRONG_CALLS: readonly WrongCall[] = [
  ['add of shapes that do not broadcast', 'SHAPE_MISMATCH', ['add', '[2, 3]', '[4]'], (x) => add(x([2, 3]), x([4]))],
  [
    'where of shapes that do not broadcast',
    'SHAPE_MISMATCH',
    ['where', '[2]', '[3]'],
    (x) => where(x([2], 'bool'), x([3]), x([3])),
  ],
  [
    'matmul of inner extents that differ',
    'SHAPE_MISMATCH',
    ['matmul', '[2, 3]', '[4, 5]', '3', '4'],
    (x) => matmul(x([2, 3]), x([4, 5])),
  ],
  [
    'matmul, transposed',
    'SHAPE_MISMATCH',
    ['matmul', '[2, 3]', 'transposed'],
    (x) => matmul(x([2, 3]), x([3, 5]), { transposeA: true }),
  ],
  ['matmul of a vector', 'SHAPE_MISMATCH', ['matmul', '[3]', '2-d'], (x) => matmul(x([3]), x([3, 2]))],
  [
    'matmul of batches that do not broadcast',
    'SHAPE_MISMATCH',
    ['matmul', '[2]', '[3]'],
    (x) => matmul(x([2, 3, 4]), x([3, 4, 5])),
  ],
  [
    'einsum of extents that differ',
    'SHAPE_MISMATCH',
    ['einsum', "'j'"],
    (x) => einsum('ij,jk->ik', x([2, 3]), x([4, 5])),
  ],
  ['reshape to another size', 'SHAPE_MISMATCH', ['reshape', '[2, 3]', '[4]'], (x) => reshape(x([2, 3]), [4])],
  [
    'broadcastTo a shape that does not fit',
    'SHAPE_MISMATCH',
    ['broadcastTo', '[2]', '[3]'],
    (x) => broadcastTo(x([2]), [3]),
  ],
  [
    'concat of shapes that differ elsewhere',
    'SHAPE_MISMATCH',
    ['concat', '[2, 3]', '[2, 4]'],
    (x) => concat([x([2, 3]), x([2, 4])], { axis: 0 }),
  ],
  ['stack of shapes that differ', 'SHAPE_MISMATCH', ['stack', '[2]', '[3]'], (x) => stack([x([2]), x([3])])],
  [
    'squeeze of an axis that is not 1',
    'SHAPE_MISMATCH',
    ['squeeze', '[2, 1]'],
    (x) => squeeze(x([2, 1]), { axes: [0] }),
  ],
  [
    'conv2d of channels that differ',
    'SHAPE_MISMATCH',
    ['conv2d', '2 channels'],
    (x) => conv2d(x([1, 4, 4, 2]), x([3, 3, 3, 1])),
  ],
  [
    'conv2d of a filter that does not fit',
    'SHAPE_MISMATCH',
    ['conv2d', '5x5', '4x4'],
    (x) => conv2d(x([1, 4, 4, 1]), x([5, 5, 1, 1])),
  ],
  ['conv2d of a matrix', 'SHAPE_MISMATCH', ['conv2d', '4-d', '[4, 4]'], (x) => conv2d(x([4, 4]), x([3, 3, 1, 1]))],
  [
    'maxPool2d of a window that does not fit',
    'SHAPE_MISMATCH',
    ['maxPool2d', '3x3'],
    (x) => maxPool2d(x([1, 2, 2, 1]), { window: 3 }),
  ],
  ['argMax of nothing', 'SHAPE_MISMATCH', ['argMax', '[0]', 'empty'], (x) => argMax(x([0]))],
  ['item of several elements', 'SHAPE_MISMATCH', ['item', '[2]'], (x) => x([2]).item()],
  [
    'tensor of ragged rows',
    'SHAPE_MISMATCH',
    ['tensor', 'ragged', 'value[1]'],
    (_, backend) => tensor([[1, 2], [3]], { backend }),
  ],
  [
    'tensor of a shape that the data does not fill',
    'SHAPE_MISMATCH',
    ['tensor', '[2, 2]', '3'],
    (_, backend) => tensor(new Float32Array(3), { shape: [2, 2], backend }),
  ],
  [
    'a pullback with another shape',
    'SHAPE_MISMATCH',
    ['vjp', '[2]', '[3]'],
    (x) => {
      const [, pullback] = vjp((y) => mul(y, 2), x([3]))
      try {
        return pullback(x([2]))
      } finally {
        pullback.dispose()
      }
    },
  ],

  [
    'add of float32 and int32',
    'DTYPE_MISMATCH',
    ['add', 'float32', 'int32', 'cast'],
    (x) => add(x([2]), x([2], 'int32')),
  ],
  [
    'matmul of int32',
    'DTYPE_MISMATCH',
    ['matmul', 'int32', 'float'],
    (x) => matmul(x([2, 2], 'int32'), x([2, 2], 'int32')),
  ],
  ['exp of int32', 'DTYPE_MISMATCH', ['exp', 'int32'], (x) => exp(x([2], 'int32'))],
  ['relu of bool', 'DTYPE_MISMATCH', ['relu', 'bool'], (x) => relu(x([2], 'bool'))],
  ['sum of bool', 'DTYPE_MISMATCH', ['sum', 'bool'], (x) => sum(x([2], 'bool'))],
  ['logicalAnd of float32', 'DTYPE_MISMATCH', ['logicalAnd', 'float32', 'bool'], (x) => logicalAnd(x([2]), x([2]))],
  [
    'where with a float32 condition',
    'DTYPE_MISMATCH',
    ['condition', 'float32', 'bool'],
    (x) => where(x([2]), x([2]), x([2])),
  ],
  [
    'concat of dtypes that differ',
    'DTYPE_MISMATCH',
    ['concat', 'float32', 'int32'],
    (x) => concat([x([2]), x([2], 'int32')]),
  ],
  ['gather by bools', 'DTYPE_MISMATCH', ['gather', 'bool', 'int32'], (x) => gather(x([2]), x([2], 'bool'))],

  [
    'sum over an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['sum', '2', '-2 to 1'],
    (x) => sum(x([2, 3]), { axes: [2] }),
  ],
  [
    'softmax along an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['softmax', '-3'],
    (x) => softmax(x([2, 3]), { axis: -3 }),
  ],
  ['argMin of a 0-d tensor', 'AXIS_OUT_OF_RANGE', ['argMin', '0-d'], (x) => argMin(x([]))],
  ['cumsum along 1.5', 'AXIS_OUT_OF_RANGE', ['cumsum', '1.5'], (x) => cumsum(x([2, 3]), { axis: 1.5 })],
  [
    'transpose of an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['transpose', '5'],
    (x) => transpose(x([2, 3]), [0, 5]),
  ],
  ['expandDims beyond the end', 'AXIS_OUT_OF_RANGE', ['expandDims', '3'], (x) => expandDims(x([2]), { axis: 3 })],
  [
    'concat along an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['concat', '1'],
    (x) => concat([x([2])], { axis: 1 }),
  ],
  [
    'gather along an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['gather', '2'],
    (x) => gather(x([2]), x([1], 'int32'), { axis: 2 }),
  ],
  [
    'layerNorm along an axis that is not there',
    'AXIS_OUT_OF_RANGE',
    ['layerNorm', '4'],
    (x) => layerNorm(x([2]), x([2]), x([2]), { axis: 4 }),
  ],

  ['sum with axis for axes', 'UNKNOWN_OPTION', ['sum', "'axis'", 'axes'], (x) => sum(x([2]), wrong({ axis: 0 }))],
  [
    'softmax with axes for axis',
    'UNKNOWN_OPTION',
    ['softmax', "'axes'", 'axis'],
    (x) => softmax(x([2]), wrong({ axes: [0] })),
  ],
  [
    'matmul with transpose',
    'UNKNOWN_OPTION',
    ['matmul', "'transpose'", 'transposeA'],
    (x) => matmul(x([2, 2]), x([2, 2]), wrong({ transpose: true })),
  ],
  [
    'conv2d with stride',
    'UNKNOWN_OPTION',
    ['conv2d', "'stride'", 'strides'],
    (x) => conv2d(x([1, 3, 3, 1]), x([1, 1, 1, 1]), wrong({ stride: 2 })),
  ],
  [
    'maxPool2d with size',
    'UNKNOWN_OPTION',
    ['maxPool2d', "'size'", 'window'],
    (x) => maxPool2d(x([1, 3, 3, 1]), wrong({ size: 2 })),
  ],
  [
    'leakyRelu with slope',
    'UNKNOWN_OPTION',
    ['leakyRelu', "'slope'", 'negativeSlope'],
    (x) => leakyRelu(x([2]), wrong({ slope: 1 })),
  ],
  [
    'tensor with type',
    'UNKNOWN_OPTION',
    ['tensor', "'type'", 'dtype'],
    (_, backend) => tensor([1], wrong({ type: 'int32', backend })),
  ],
  [
    'compile with donated',
    'UNKNOWN_OPTION',
    ['compile', "'donated'", 'donate'],
    () => compile((y: Tensor) => y, wrong({ donated: [0] })),
  ],

  ['add of an array', 'INVALID_ARGUMENT', ['add', 'array', 'tensor'], (x) => add(x([2]), wrong([1, 2]))],
  ['mul of an int32 tensor by 0.5', 'INVALID_ARGUMENT', ['mul', '0.5', 'int32'], (x) => mul(x([2], 'int32'), 0.5)],
  ['cast to float16', 'INVALID_ARGUMENT', ['cast', 'float16'], (x) => cast(x([2]), wrong('float16'))],
  ['sum over an axis twice', 'INVALID_ARGUMENT', ['sum', 'twice', '-1'], (x) => sum(x([2, 3]), { axes: [1, -1] })],
  [
    'mean with axes that are no array',
    'INVALID_ARGUMENT',
    ['mean', 'axes'],
    (x) => mean(x([2, 3]), wrong({ axes: 1 })),
  ],
  ['reshape with two -1', 'INVALID_ARGUMENT', ['reshape', '-1'], (x) => reshape(x([2, 3]), [-1, -1])],
  ['transpose that names an axis twice', 'INVALID_ARGUMENT', ['transpose', '0'], (x) => transpose(x([2, 3]), [0, 0])],
  [
    'slice beyond the end',
    'INVALID_ARGUMENT',
    ['slice', 'begin 1', 'size 2'],
    (x) => slice(x([2]), { begin: [1], size: [2] }),
  ],
  [
    'slice with too few axes',
    'INVALID_ARGUMENT',
    ['slice', 'begin', 'size'],
    (x) => slice(x([2, 2]), { begin: [0], size: [1] }),
  ],
  ['pad by a negative amount', 'INVALID_ARGUMENT', ['pad', '-1'], (x) => pad(x([2]), { paddings: [[-1, 0]] })],
  ['tile with too few repeats', 'INVALID_ARGUMENT', ['tile', 'repeats'], (x) => tile(x([2, 2]), { repeats: [2] })],
  ['concat of nothing', 'INVALID_ARGUMENT', ['concat', 'at least one'], () => concat([])],
  ['split into uneven parts', 'INVALID_ARGUMENT', ['split', '5'], (x) => split(x([5]), { parts: 2 })],
  ['topK beyond the extent', 'INVALID_ARGUMENT', ['topK', '4', '3'], (x) => topK(x([2, 3]), { k: 4 })],
  [
    'oneHot of no classes',
    'INVALID_ARGUMENT',
    ['oneHot', 'classes', '0'],
    (x) => oneHot(x([2], 'int32'), { classes: 0 }),
  ],
  [
    'clip with minimum above maximum',
    'INVALID_ARGUMENT',
    ['clip', '2', '1'],
    (x) => clip(x([2]), { minimum: 2, maximum: 1 }),
  ],
  ['norm of order 0', 'INVALID_ARGUMENT', ['norm', 'order', '0'], (x) => norm(x([2]), { order: 0 })],
  [
    'conv2d with stride 0',
    'INVALID_ARGUMENT',
    ['conv2d', 'strides', '0'],
    (x) => conv2d(x([1, 3, 3, 1]), x([1, 1, 1, 1]), { strides: 0 }),
  ],
  [
    "conv2d with padding 'full'",
    'INVALID_ARGUMENT',
    ['conv2d', 'padding', 'full'],
    (x) => conv2d(x([1, 3, 3, 1]), x([1, 1, 1, 1]), { padding: wrong('full') }),
  ],
  [
    'avgPool2d with padding as wide as the window',
    'INVALID_ARGUMENT',
    ['avgPool2d', 'padding', '2x2'],
    (x) =>
      avgPool2d(x([1, 4, 4, 1]), {
        window: 2,
        padding: [
          [2, 0],
          [0, 0],
        ],
      }),
  ],
  ['einsum without an output', 'INVALID_ARGUMENT', ['einsum', 'ij,jk'], (x) => einsum('ij,jk', x([2, 2]), x([2, 2]))],
  ['full of a negative extent', 'INVALID_ARGUMENT', ['full', '-1'], (_, backend) => full([-1], 0, { backend })],
  ['arange by 0', 'INVALID_ARGUMENT', ['arange', 'step', '0'], (_, backend) => arange(0, 3, { step: 0, backend })],
  [
    'linspace of 1.5 numbers',
    'INVALID_ARGUMENT',
    ['linspace', 'count', '1.5'],
    (_, backend) => linspace(0, 1, 1.5, { backend }),
  ],
  ['tensor of a string', 'INVALID_ARGUMENT', ['tensor', "got 'a'"], (_, backend) => tensor(wrong(['a']), { backend })],
  [
    'a random tensor without a key',
    'INVALID_ARGUMENT',
    ['randomUniform', 'key(seed)', 'number'],
    (_, backend) => randomUniform(wrong(7), [2], { backend }),
  ],
  ['a key of 1.5', 'INVALID_ARGUMENT', ['key', 'seed', '1.5'], () => key(1.5)],
  ['a fold by -1', 'INVALID_ARGUMENT', ['fold', '-1'], () => fold(key(0), -1)],
  ['an asynchronous tidy', 'INVALID_ARGUMENT', ['tidy', 'promise'], () => tidy(async () => {})],
  [
    'a compiled function of a number',
    'INVALID_ARGUMENT',
    ['args[0]', '3', 'tensor(3)'],
    (x) => compile((n: number, y: Tensor) => mul(y, n))(3, x([2])),
  ],
  [
    'an asynchronous compiled function',
    'INVALID_ARGUMENT',
    ['compile', 'promise'],
    (x) => compile(async (y: Tensor) => y)(x([2])),
  ],
  [
    'a disposed pullback',
    'INVALID_ARGUMENT',
    ['vjp', 'disposed'],
    (x) => {
      const [value, pullback] = vjp((y) => mul(y, 2), x([2]))
      pullback.dispose()
      return pullback(value)
    },
  ],

  [
    'data of a released tensor',
    'TENSOR_RELEASED',
    ['data()', 'float32[2]', 'released'],
    (x) => {
      const y = x([2])
      y.dispose()
      return y.data()
    },
  ],
  [
    'an operation on a released tensor',
    'TENSOR_RELEASED',
    ['sin', 'float32[2]', 'released'],
    (x) => {
      const y = x([2])
      y.dispose()
      return sin(y)
    },
  ],

  ['reading while tracing', 'SYMBOLIC_VALUE', ['traced', 'where()'], (x) => trace((y: Tensor) => y.dataSync())(x([2]))],
  [
    'reading while compiling',
    'SYMBOLIC_VALUE',
    ['traced', 'where()'],
    (x) => compile((y: Tensor) => (y.toArraySync(), y))(x([2])),
  ],
  [
    'a traced value outside its trace',
    'SYMBOLIC_ESCAPE',
    ['another trace', 'return'],
    (x) => {
      let leaked: Tensor | undefined
      trace((y: Tensor) => (leaked = add(y, 1)))(x([2]))
      return trace((y: Tensor) => add(y, leaked!))(x([2]))
    },
  ],

  [
    'grad of a function that returns no number',
    'NOT_DIFFERENTIABLE',
    ['grad', '[2]', 'sum'],
    (x) => grad((y: Tensor) => mul(y, 2))(x([2])),
  ],
  [
    'grad by an int32 tensor',
    'NOT_DIFFERENTIABLE',
    ['grad', 'int32'],
    (x) => grad((y: Tensor) => sum(cast(y, 'float32')))(x([2], 'int32')),
  ],
  [
    'grad by something that is no tensor',
    'NOT_DIFFERENTIABLE',
    ['grad', 'number'],
    (x) => grad((p: { rate: Tensor }) => sum(mul(p.rate, x([2]))))({ rate: wrong(1) }),
  ],
  [
    'jacobian by an int32 tensor',
    'NOT_DIFFERENTIABLE',
    ['vjp', 'int32'],
    (x) => jacobian((y) => cast(y, 'float32'))(x([2], 'int32')),
  ],
]
