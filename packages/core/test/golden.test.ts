import { describe, expect, test } from 'vitest'
import * as core from '../src/index.js'
import {
  add,
  arange,
  compile,
  einsum,
  grad,
  key,
  mul,
  NeuriteError,
  optimize,
  printProgram,
  randomNormal,
  randomUniform,
  scan,
  schedule,
  setDefaultBackend,
  square,
  sum,
  tanh,
  tensor,
  trace,
  zeros,
  type Program,
  type Tensor,
} from '../src/index.js'
import * as layers from '../src/functional/index.js'
import { wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

// What core makes of calls, in whole: the programs, where their values lie, and the words of what is refused. In golden/, which
// `vitest -u` writes anew: a step more than before is seen in the change that adds it.
setDefaultBackend(reference())

const row = tensor([1, 2, 3])
const matrix = tensor([[1, 2, 3], [4, 5, 6]]) // prettier-ignore
const square2 = tensor([[1, 2], [3, 4]]) // prettier-ignore
const cube = zeros([2, 3, 4])
const image = zeros([1, 4, 5, 2])
const whole = tensor([0, 2], { dtype: 'int32' })
const yes = tensor([true, false, true])

const OPERATIONS: Readonly<Record<string, () => Tensor | readonly Tensor[]>> = {
  'einsum: a matrix product': () => einsum('ij,jk->ik', matrix, tensor([[1], [2], [3]])),
  'einsum: transposed': () => einsum('ij,kj->ki', matrix, matrix),
  'einsum: batches': () => einsum('bij,bkj->bik', cube, cube),
  'einsum: an outer product': () => einsum('i,j->ij', row, row),
  'einsum: elements': () => einsum('ij,ij->ij', matrix, matrix),
  'einsum: all summed': () => einsum('ij,kl->', matrix, square2),
  'einsum: one summed alone': () => einsum('ij,j->j', matrix, row),
  'matmul of batches': () => core.matmul(cube, cube, { transposeB: true }),
  'sum of all': () => sum(matrix),
  'sum, kept': () => sum(matrix, { axes: [-1], keepDims: true }),
  'sum of nothing': () => sum(matrix, { axes: [] }),
  mean: () => core.mean(cube, { axes: [0, 2] }),
  'max of bool': () => core.any(yes),
  all: () => core.all(yes),
  variance: () => core.variance(matrix, { axes: [1], correction: 1 }),
  'standard deviation': () => core.standardDeviation(matrix, { keepDims: true }),
  'norm 2': () => core.norm(matrix, { axes: [1] }),
  'norm 1': () => core.norm(matrix, { order: 1 }),
  'norm Infinity': () => core.norm(matrix, { order: Infinity, axes: [0], keepDims: true }),
  'norm 3': () => core.norm(matrix, { order: 3 }),
  logSumExp: () => core.logSumExp(matrix, { axes: [1] }),
  argMax: () => core.argMax(matrix),
  argMin: () => core.argMin(matrix, { axis: 0 }),
  topK: () => Object.values(core.topK(matrix, { k: 2 })),
  cumsum: () => core.cumsum(matrix, { axis: 0 }),
  'reshape of the same shape': () => core.reshape(matrix, [2, 3]),
  'reshape with -1': () => core.reshape(cube, [-1, 4]),
  'transpose to itself': () => core.transpose(matrix, [0, 1]),
  transpose: () => core.transpose(cube),
  'broadcast to itself': () => core.broadcastTo(matrix, [2, 3]),
  broadcast: () => core.broadcastTo(row, [2, 3]),
  expandDims: () => core.expandDims(row, { axis: -1 }),
  squeeze: () => core.squeeze(zeros([1, 3, 1])),
  'squeeze one': () => core.squeeze(zeros([1, 3, 1]), { axes: [0] }),
  'concat of one': () => core.concat([row]),
  concat: () => core.concat([matrix, matrix], { axis: 1 }),
  stack: () => core.stack([row, row], { axis: 1 }),
  unstack: () => core.unstack(matrix),
  split: () => core.split(matrix, { parts: 3, axis: 1 }),
  'split in sizes': () => core.split(matrix, { parts: [1, 2], axis: 1 }),
  'slice of all': () => core.slice(matrix, { begin: [0, 0], size: [-1, -1] }),
  slice: () => core.slice(matrix, { begin: [1, 1], size: [1, -1] }),
  'pad by nothing': () => core.pad(row, { paddings: [[0, 0]] }),
  pad: () => core.pad(row, { paddings: [[1, 2]], value: 7 }),
  'tile once': () => core.tile(row, { repeats: [1] }),
  tile: () => core.tile(matrix, { repeats: [2, 1] }),
  gather: () => core.gather(matrix, whole, { axis: 1 }),
  oneHot: () => core.oneHot(whole, { classes: 3 }),
  'cast to itself': () => core.cast(row, 'float32'),
  cast: () => core.cast(row, 'int32'),
  where: () => core.where(yes, row, 0),
  clip: () => core.clip(row, { minimum: 0, maximum: 2 }),
  'clip from below': () => core.clip(row, { minimum: 1 }),
  'clip from above': () => core.clip(row, { maximum: 1 }),
  'a number on the left': () => core.sub(1, row),
  'a number on the right': () => core.div(row, 2),
  greater: () => core.greater(row, 2),
  lessEqual: () => core.lessEqual(row, row),
  notEqual: () => core.notEqual(row, 2),
  logicalXor: () => core.logicalXor(yes, core.logicalNot(yes)),
  isNaN: () => core.isNaN(row),
  isFinite: () => core.isFinite(row),
  relu6: () => core.relu6(row),
  leakyRelu: () => core.leakyRelu(row, { negativeSlope: 0.2 }),
  elu: () => core.elu(row, { alpha: 2 }),
  selu: () => core.selu(row),
  gelu: () => core.gelu(row),
  'gelu by tanh': () => core.gelu(row, { approximate: 'tanh' }),
  silu: () => core.silu(row),
  softplus: () => core.softplus(row),
  softsign: () => core.softsign(row),
  mish: () => core.mish(row),
  hardSigmoid: () => core.hardSigmoid(row),
  hardTanh: () => core.hardTanh(row),
  softmax: () => core.softmax(matrix, { axis: 0 }),
  logSoftmax: () => core.logSoftmax(matrix),
  layerNorm: () => layers.layerNorm(matrix, row, row, { epsilon: 1e-3 }),
  'conv2d, same': () => layers.conv2d(image, zeros([3, 3, 2, 4]), { padding: 'same', strides: 2 }),
  'conv2d, given': () => layers.conv2d(image, zeros([2, 3, 2, 1]), { padding: [[1, 0], [2, 1]] }), // prettier-ignore
  maxPool2d: () => layers.maxPool2d(image, { window: [2, 3], strides: [1, 2] }),
  avgPool2d: () => layers.avgPool2d(image, { window: 2, padding: 'same' }),
  'random numbers': () => [randomNormal(key(3), [2]), randomUniform(key(3), [2], { minimum: -1, maximum: 3 })],
}

test('operations as programs', () => {
  const texts = Object.entries(OPERATIONS).map(([name, call]) => {
    try {
      return `${name}: ${printProgram(trace(call)())}`
    } catch (error) {
      return `${name}: ${String(error)}`
    }
  })
  return expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/operations.txt')
})

test('gradients as programs', () => {
  const differentiable: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    add: (x) => add(x, row),
    'broadcast operands': (x) =>
      mul(core.expandDims(row, { axis: 1 }), core.slice(x, { begin: [0, 0], size: [1, -1] })),
    div: (x) => core.div(2, x),
    'div by': (x) => core.div(x, row),
    pow: (x) => core.pow(x, 3),
    'pow 1': (x) => core.pow(x, 1),
    'pow of': (x) => core.pow(2, x),
    maximum: (x) => core.maximum(x, row),
    abs: core.abs,
    sqrt: core.sqrt,
    tanh,
    sigmoid: core.sigmoid,
    relu: core.relu,
    erf: core.erf,
    erfc: core.erfc,
    mean: (x) => core.mean(x, { axes: [1] }),
    max: (x) => core.max(x, { axes: [1] }),
    'max of all': (x) => core.max(x),
    softmax: (x) => core.softmax(x),
    logSoftmax: (x) => core.logSoftmax(x),
    'standard deviation': (x) => core.standardDeviation(x),
    norm: (x) => core.norm(x),
    matmul: (x) => core.matmul(x, x, { transposeB: true }),
    'matmul of a transpose': (x) => core.matmul(x, x, { transposeA: true }),
    slice: (x) => core.slice(x, { begin: [0, 1], size: [2, 1] }),
    concat: (x) => core.concat([x, x], { axis: 1 }),
    pad: (x) => core.pad(x, { paddings: [[1, 0], [0, 2]] }), // prettier-ignore
    tile: (x) => core.tile(x, { repeats: [1, 2] }),
    gather: (x) => core.gather(x, whole, { axis: 1 }),
    cumsum: (x) => core.cumsum(x, { axis: 1 }),
    where: (x) => core.where(yes, x, 0),
    topK: (x) => core.topK(x, { k: 1 }).values,
    cast: (x) => core.cast(x, 'float64'),
    'stop gradient': (x) => mul(x, core.stopGradient(x)),
    'conv2d by the image': (x) =>
      layers.conv2d(core.reshape(x, [1, 2, 3, 1]), zeros([2, 2, 1, 1]), { padding: 'same' }),
    'conv2d by the filter': (x) => layers.conv2d(zeros([1, 4, 4, 1]), core.reshape(x, [2, 3, 1, 1]), { strides: 2 }),
    maxPool2d: (x) => layers.maxPool2d(core.reshape(x, [1, 2, 3, 1]), { window: 2, strides: 1 }),
    avgPool2d: (x) => layers.avgPool2d(core.reshape(x, [1, 2, 3, 1]), { window: 2, strides: 1 }),
  }
  const texts = Object.entries(differentiable).map(
    ([name, f]) => `${name}: ${printProgram(optimize(trace(grad((x: Tensor) => sum(f(x))))(matrix)))}`,
  )
  return expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/gradients.txt')
})

/** Numbers alone: where each value lies, and when. */
const placesOf = (program: Program): string => {
  const { slots, constants, steps, outputs, unreturned, bytes } = schedule(program)
  const operations = ({
    at,
    operands,
    out,
    inPlace,
    dies,
  }: Pick<(typeof steps)[number], 'at' | 'operands' | 'out' | 'inPlace' | 'dies'>): string =>
    `  ${(program.instructions[at] as { primitive: string }).primitive} ${operands.join(' ')} -> ${out}${inPlace ? ' in place' : ''}${dies.length > 0 ? `, then free: ${dies.join(' ')}` : ''}`
  return [
    printProgram(program),
    ...slots.map(({ kind, dtype, length, offset }, i) => `  ${i}: ${kind} ${dtype} ${length} at ${offset}`),
    ' once',
    ...constants.map(operations),
    ' each time',
    ...steps.map(operations),
    ` out ${outputs.join(' ')}, given back ${unreturned.join(' ')}, ${bytes} bytes`,
  ].join('\n')
}

test('programs and where their values lie', async () => {
  const step = compile(
    ({ w, m }: { w: Tensor; m: Tensor }, x: Tensor) => {
      const gradient = grad((v: Tensor) => sum(square(tanh(core.matmul(x, v)))))(w)
      const velocity = add(mul(m, 0.9), gradient)
      return { w: core.sub(w, mul(velocity, 0.1)), m: velocity, loss: sum(gradient) }
    },
    { donate: [0] },
  )
  const swapped = compile((a: Tensor, b: Tensor) => [add(b, 1), mul(a, 2)] as const, { donate: [0, 1] })
  const reused = compile((a: Tensor, b: Tensor) => [tanh(core.matmul(a, b)), sum(a)] as const, { donate: [0] })
  const free = compile((a: Tensor, b: Tensor) => [sum(mul(a, b)), core.exp(tanh(b))] as const, { donate: [0] })
  const unreturned = compile((a: Tensor, b: Tensor) => sum(mul(a, b)), { donate: [0, 1] })
  const constants = compile((x: Tensor) => add(mul(core.cumsum(arange(3)), x), core.cumsum(arange(3))))
  const views = compile((x: Tensor) => [core.reshape(x, [3, 2]), core.reshape(tanh(x), [6])] as const)
  const twice = compile((x: Tensor) => {
    const y = tanh(x)
    return [y, y, x] as const
  })
  const unused = compile((x: Tensor) => {
    core.exp(x)
    return core.sqrt(add(tanh(x), tanh(x)))
  })
  const lengths = compile((x: Tensor) => sum(mul(core.tile(tanh(core.exp(x)), { repeats: [2, 2] }), 3), { axes: [0] }))
  const random = compile((k: core.Key, x: Tensor) => add(randomNormal(k, [3]), x))
  const w = zeros([3, 2])
  const texts = {
    'a step of training': step.program({ w, m: w }, matrix),
    'outputs that swap places': swapped.program(row, row),
    'of other shapes': reused.program(square2, square2),
    'free when it is needed': free.program(row, row),
    'given back': unreturned.program(row, row),
    constants: constants.program(row),
    views: views.program(matrix),
    'the same twice': twice.program(row),
    'what nobody needs': unused.program(row),
    'of several lengths': lengths.program(square2),
    'random numbers': random.program(key(1), row),
  }
  await expect(
    `${Object.entries(texts)
      .map(([name, program]) => `${name}: ${placesOf(program)}`)
      .join('\n')}\n`,
  ).toMatchFileSnapshot('golden/schedules.txt')
})

describe('what is refused, in its words', () => {
  const none = wrong(undefined)
  const other = tensor([1, 2, 3], { backend: reference({ name: 'other' }) })
  const CALLS: Readonly<Record<string, () => unknown>> = {
    'no tensor': () => core.neg(wrong(3)),
    'null as a tensor': () => core.neg(wrong(null)),
    'an array as a tensor': () => core.neg(wrong([1])),
    'a promise as a tensor': () => core.neg(wrong(Promise.resolve(row))),
    'text as an operand': () => add(row, wrong('a')),
    'two numbers': () => add(1, 2),
    'half of an int': () => add(whole, 0.5),
    'other dtypes': () => add(row, whole),
    'a bool': () => add(yes, yes),
    'a number as a condition': () => core.where(row, row, row),
    'an int where a float is': () => core.exp(whole),
    'another backend': () => add(row, other),
    'shapes that do not broadcast': () => add(matrix, square2),
    'options of a function without': () => core.relu(row, ...(wrong([{ slope: 1 }]) as [])),
    'an option that is none': () => sum(row, wrong({ axis: 0 })),
    'null as options': () => sum(row, wrong(null)),
    'an axis beyond': () => sum(matrix, { axes: [2] }),
    'an axis before': () => sum(matrix, { axes: [-3] }),
    'an axis of half': () => sum(matrix, { axes: [0.5] }),
    'an axis of none': () => core.cumsum(tensor(1), { axis: 0 }),
    'an axis twice': () => sum(matrix, { axes: [0, -2] }),
    'axes that are none': () => sum(matrix, { axes: wrong(1) }),
    'the largest of nothing': () => core.max(zeros([0, 3]), { axes: [0] }),
    'more than there are': () => core.topK(row, { k: 4 }),
    'none of the largest': () => core.topK(row, { k: 0 }),
    'half of the largest': () => core.topK(row, { k: 1.5 }),
    'matrices that do not fit': () => core.matmul(matrix, matrix),
    'matrices that do not fit, transposed': () => core.matmul(matrix, square2, { transposeB: true }),
    'a vector as a matrix': () => core.matmul(row, matrix),
    'batches that do not fit': () => core.matmul(zeros([2, 1, 1]), zeros([3, 1, 1])),
    'an equation that is none': () => einsum('ij', row, row),
    'an equation of too few letters': () => einsum('i,j->ij', matrix, row),
    'a letter twice': () => einsum('ii,j->ij', square2, row),
    'a letter of two sizes': () => einsum('ij,jk->ik', matrix, matrix),
    'a letter from nowhere': () => einsum('ij,jk->il', matrix, core.transpose(matrix)),
    'a letter out twice': () => einsum('i,j->ii', row, row),
    'a shape of halves': () => core.reshape(row, [1.5, 2]),
    'a shape of two unknowns': () => core.reshape(matrix, [-1, -1]),
    'a shape below': () => core.reshape(matrix, [-2, 3]),
    'a shape of more': () => core.reshape(matrix, [2, 4]),
    'a shape that -1 cannot fill': () => core.reshape(matrix, [4, -1]),
    'a shape that is none': () => core.reshape(matrix, wrong(6)),
    'axes of another rank': () => core.transpose(matrix, [0]),
    'axes of an order twice': () => core.transpose(matrix, [0, 0]),
    'an order that is none': () => core.transpose(matrix, wrong('0,1')),
    'broadcast to fewer': () => core.broadcastTo(matrix, [3]),
    'broadcast to others': () => core.broadcastTo(matrix, [2, 4]),
    'squeeze of more than 1': () => core.squeeze(matrix, { axes: [0] }),
    'nothing to join': () => core.concat([]),
    'joined in other shapes': () => core.concat([matrix, square2]),
    'stacked in other shapes': () => core.stack([matrix, square2]),
    'stacked with none': () => core.stack([row, none]),
    'parts that do not cut evenly': () => core.split(matrix, { parts: 2, axis: 1 }),
    'parts of another sum': () => core.split(matrix, { parts: [1, 1], axis: 1 }),
    'parts below 0': () => core.split(matrix, { parts: [4, -1], axis: 1 }),
    'a slice of another rank': () => core.slice(matrix, { begin: [0], size: [1] }),
    'a slice that begins beyond': () => core.slice(matrix, { begin: [3, 0], size: [0, 1] }),
    'a slice that ends beyond': () => core.slice(matrix, { begin: [1, 0], size: [2, 1] }),
    'a slice below 0': () => core.slice(matrix, { begin: [-1, 0], size: [1, 1] }),
    'paddings of another rank': () => core.pad(matrix, { paddings: [[1, 1]] }),
    'paddings below 0': () => core.pad(row, { paddings: [[0, -1]] }),
    'repeats of half': () => core.tile(row, { repeats: [0.5] }),
    'indices that are floats': () => core.gather(matrix, row),
    'classes of 0': () => core.oneHot(whole, { classes: 0 }),
    'a least beyond the most': () => core.clip(row, { minimum: 2, maximum: 1 }),
    'a dtype that is none': () => core.cast(row, wrong('float16')),
    'an image of three axes': () => layers.conv2d(cube, zeros([1, 1, 1, 1])),
    'a filter of three axes': () => layers.conv2d(image, cube),
    'channels of another filter': () => layers.conv2d(image, zeros([1, 1, 3, 1])),
    'a window beyond the image': () => layers.maxPool2d(image, { window: 5 }),
    'a padding of words': () => layers.maxPool2d(image, { window: 2, padding: wrong('full') }),
    'a padding of one': () => layers.maxPool2d(image, { window: 2, padding: wrong([[1, 1]]) }),
    'a padding of half': () => layers.maxPool2d(image, { window: 2, padding: [[0.5, 0], [0, 0]] }), // prettier-ignore
    'a padding of half below': () => layers.maxPool2d(image, { window: 2, padding: [[0, 0.5], [0, 0]] }), // prettier-ignore
    'a padding below 0': () => layers.maxPool2d(image, { window: 2, padding: [[0, 0], [0, -1]] }), // prettier-ignore
    'a padding of three': () => layers.maxPool2d(image, { window: 2, padding: wrong([[0, 0, 0], [0, 0]]) }), // prettier-ignore
    'a padding as large as the window': () => layers.maxPool2d(image, { window: 2, padding: [[2, 0], [0, 0]] }), // prettier-ignore
    'strides of 0': () => layers.conv2d(image, zeros([1, 1, 2, 1]), { strides: 0 }),
    'strides of one and a half': () => layers.conv2d(image, zeros([1, 1, 2, 1]), { strides: [1, 1.5] }),
    'strides of three': () => layers.conv2d(image, zeros([1, 1, 2, 1]), { strides: wrong([1, 1, 1]) }),
    // creation
    'a tensor of a tensor': () => tensor(wrong(row)),
    'a tensor of text': () => tensor(wrong('1')),
    'a tensor of null': () => tensor(wrong([1, null])),
    'numbers and booleans': () => tensor(wrong([1, true])),
    'rows of other lengths': () => tensor(wrong([[1, 2], [3]])),
    'a row and a number': () => tensor(wrong([[1, 2], 3])),
    'numbers and a row': () => tensor(wrong([1, [2]])),
    'another number of elements': () => tensor(new Float32Array(3), { shape: [2, 2] }),
    'bytes that are no bools': () => tensor(new Uint8Array([0, 1, 2])),
    'a dtype of nowhere': () => tensor([1], { dtype: wrong('float') }),
    'a dtype that the backend lacks': () => tensor([1], { dtype: 'float64', backend: reference({ dtypes: ['float32'] }) }), // prettier-ignore
    'a backend that is a promise': () => tensor([1], { backend: wrong(Promise.resolve(reference())) }),
    'a backend that is a function': () => tensor([1], { backend: wrong(reference) }),
    'a shape below 0': () => zeros([-1]),
    'a shape of text': () => zeros(wrong('2')),
    'steps of 0': () => arange(0, 3, { step: 0 }),
    'steps without end': () => arange(0, Infinity),
    'steps of bools': () => arange(0, 3, { dtype: 'bool' }),
    'a range upside down': () => randomUniform(key(0), [1], { minimum: 1, maximum: 0 }),
    'whole random numbers': () => randomNormal(key(0), [1], { dtype: wrong('int32') }),
    'a seed instead of a key': () => randomNormal(wrong(3), [1]),
    'half a seed': () => key(0.5),
    'a seed beyond': () => key(2 ** 53),
    'a fold of half': () => core.fold(key(0), 0.5),
    'a fold of what is none': () => core.fold(key(0), wrong(null)),
    'a fold beyond': () => core.fold(key(0), 2 ** 32),
    'keys of half': () => core.splitKey(key(0), 0.5),
    'a reading of more than one': () => row.item(),
    'a reading at once': () => tensor([1], { backend: reference({ asynchronous: true }) }).dataSync(),
    'a sum with +': () => Number(row),
    'a tensor that is gone': () => {
      const gone = tensor([1])
      gone.dispose()
      return core.neg(gone)
    },
    // gradients and programs
    'a gradient of no tensor': () => grad((x: number) => wrong(x))(1),
    'a gradient of null': () => grad((x: unknown) => wrong(x))({ a: null }),
    'a gradient by ints': () => grad((x: Tensor) => sum(core.cast(x, 'float32')))(whole),
    'a gradient of a row': () => grad((x: Tensor) => x)(row),
    'a gradient of nothing': () => grad(() => none)(row),
    'an upstream of another shape': () => core.vjp((x: Tensor) => mul(x, 2), row)[1](tensor([1])),
    'an upstream that is none': () => core.vjp((x: Tensor) => mul(x, 2), row)[1](wrong(1)),
    'an instance in a tree': () => compile((x: unknown) => wrong(x))(wrong({ a: new Date(0) })),
    'a number in compile': () => compile((x: unknown) => wrong(x))({ a: 3 }),
    'two backends in compile': () => compile((a: Tensor, b: Tensor) => [a, b])(row, other),
    'a value read in compile': () => compile((x: Tensor) => mul(x, x.dataSync()[0]!))(row),
    'a key frozen in compile': () => compile((x: Tensor) => add(x, randomNormal(key(0), [3])))(row),
    'nothing to scan': () => scan((c: Tensor) => [c, {}] as const)(row, wrong({})),
    'a carry of another shape': () => scan((c: Tensor, x: Tensor) => [core.stack([c, x]), {}] as const)(tensor(0), row),
    'a carry of another tree': () => scan((c: unknown, x: Tensor) => wrong([{ a: x }, {}]))(wrong([row]), row),
    'a scan that gives one': () => scan((c: Tensor) => wrong(c))(row, row),
    'two trees': () => core.mapTree((a: Tensor) => a, wrong({ a: row }), wrong({ b: row })),
    'a backend without candidates': () => core.firstAvailable(wrong([])),
    'a backend of candidates that fail': () =>
      core.firstAvailable([
        () => {
          throw new Error('no device')
        },
        () => Promise.reject(new NeuriteError('BACKEND_UNAVAILABLE', 'no adapter')),
      ]),
    'no candidates': () => core.firstAvailable(wrong(reference)),
  }

  test('each by each', async () => {
    const texts: string[] = []
    for (const [name, call] of Object.entries(CALLS)) {
      const text = await (async () => call())().then(
        () => 'is taken',
        (error: unknown) =>
          error instanceof NeuriteError
            ? `${error.message.replace(/#\d+/g, '#')}\n  ${JSON.stringify(error.details)}`
            : String(error),
      )
      texts.push(`${name}\n  ${text}`)
    }
    await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt')
  })
})
