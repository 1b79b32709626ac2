import {
  allocate,
  sizeOf,
  type Backend,
  type Kernel,
  type KernelParams,
  type Operand,
  type PrimitiveName,
  type TensorSpec,
  type TypedArray,
  type ValueId,
} from '@neurite/core'
import { erf } from '../../src/reference/special.js'
import { reference } from './reference-backend.js'
import { compiling, looping, type LoopHooks, type RunHooks } from './compiling.js'

/** A backend with one mistake, and a test of the suite that must fail because of it. */
export interface Mutant {
  readonly name: string
  /** The path of the test: groups and name. */
  readonly caughtBy: string
  readonly create: () => Backend
}

type AnyKernel = (operands: readonly Operand[], params: never, output: TensorSpec) => object

/** What a wrong kernel works with. */
interface Wrong<P extends PrimitiveName> {
  readonly backend: Backend
  readonly right: Kernel<P>
  readonly operands: readonly Operand[]
  readonly params: KernelParams<P>
  readonly output: TensorSpec
  /** The elements of an operand. */
  readonly data: (i: number) => TypedArray
  /** New storage for the output. */
  readonly store: (elements: ArrayLike<number>) => object
  /** The right result's elements, for changing. */
  readonly result: () => TypedArray
}

const good = (): Backend => reference()

/** Replaces one kernel. */
function kernel<P extends PrimitiveName>(
  primitive: P,
  wrong: (call: Wrong<P>) => object,
  base: () => Backend = good,
): () => Backend {
  return () => {
    const backend = base()
    const right = (backend.kernels as Readonly<Record<string, AnyKernel>>)[primitive] as Kernel<P>
    const mutated: Kernel<P> = (operands, params, output) =>
      wrong({
        backend,
        right,
        operands,
        params,
        output,
        data: (i) => backend.readSync!(operands[i]!.storage, operands[i]!),
        store(elements) {
          const data = allocate(output.dtype, sizeOf(output.shape))
          data.set(Array.from({ length: data.length }, (_, i) => elements[i % Math.max(1, elements.length)] ?? 0))
          return backend.upload(data, output)
        },
        result() {
          const storage = right(operands, params, output)
          const data = backend.readSync!(storage, output)
          backend.release(storage)
          return data
        },
      })
    return { ...backend, kernels: { ...backend.kernels, [primitive]: mutated } }
  }
}

/** Changes the right result, element by element. */
function element<P extends PrimitiveName>(
  primitive: P,
  change: (value: number, call: Wrong<P>, i: number) => number,
): () => Backend {
  return kernel(primitive, (call) => call.store(Array.from(call.result(), (value, i) => change(value, call, i))))
}

/** Calls the right kernel with other operands or params. */
function redirected<P extends PrimitiveName>(
  primitive: P,
  other: (call: Wrong<P>) => { operands?: readonly Operand[]; params?: KernelParams<P> },
): () => Backend {
  return kernel(primitive, (call) => {
    const { operands = call.operands, params = call.params } = other(call)
    return call.right(operands, params, call.output)
  })
}

const changed = (change: (backend: Backend) => Partial<Backend>) => (): Backend => {
  const backend = good()
  return { ...backend, ...change(backend) }
}

const program = (hooks: () => RunHooks) => (): Backend => compiling(good(), hooks())

const loop = (hooks: LoopHooks) => (): Backend => looping(good(), hooks)

/** What a sum is that is rounded to float32 after each term. */
function inARow(count: number, term: (k: number) => number): number {
  let total = 0
  for (let k = 0; k < count; k++) total = Math.fround(total + Math.fround(term(k)))
  return total
}

/** True where nothing is broadcast. */
const sameSizes = (operands: readonly Operand[], output: TensorSpec): boolean =>
  operands.every(({ shape }) => sizeOf(shape) === sizeOf(output.shape))

const special = (name: string): string => `special values > ${name}`
const extreme = (name: string): string => `extreme values > ${name}`
const accuracy = (name: string): string => `accuracy of long sums > ${name}`
const property = (name: string): string => `properties of kernels > ${name}`
const ownership = (name: string): string => `aliasing > ${name} leaves its inputs alone and returns storage of its own`
const swapLast = (shape: readonly number[]): number[] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]

export const mutants: readonly Mutant[] = [
  // Elementwise.
  {
    name: 'add broadcasts by wrapping around',
    caughtBy: property('add float32'),
    create: kernel('add', ({ data, output, store }) => {
      const [a, b] = [data(0), data(1)]
      const n = sizeOf(output.shape)
      return store(Array.from({ length: n }, (_, i) => a[i % a.length]! + b[i % b.length]!))
    }),
  },
  {
    name: 'neg loses -0',
    caughtBy: 'special values > elementwise > neg',
    create: element('neg', (value) => value + 0),
  },
  {
    name: 'where is swapped',
    caughtBy: property('where float32'),
    create: redirected('where', ({ operands: [condition, a, b] }) => ({ operands: [condition!, b!, a!] })),
  },
  {
    name: 'maximum drops NaN',
    caughtBy: 'special values > elementwise > maximum',
    create: kernel('maximum', ({ right, operands, params, output, store, data, result }) => {
      if (operands.some(({ shape }) => sizeOf(shape) !== sizeOf(output.shape))) return right(operands, params, output)
      const [a, b] = [data(0), data(1)]
      return store(
        Array.from(result(), (value, i) => (Number.isNaN(value) ? (Number.isNaN(a[i]!) ? b[i]! : a[i]!) : value)),
      )
    }),
  },
  {
    name: 'exp is off in the fourth digit',
    caughtBy: property('exp float32'),
    create: element('exp', (value) => value * 1.0001),
  },
  {
    name: 'tanh overflows',
    caughtBy: 'special values > elementwise > tanh',
    create: element('tanh', (value, { data }, i) => (Math.abs(data(0)[i]!) > 100 ? NaN : value)),
  },
  { name: 'float64 is computed in float32', caughtBy: property('sin float64'), create: element('sin', Math.fround) },
  {
    name: 'cast rounds to the nearest',
    caughtBy: 'special values > elementwise > cast float32 to int32',
    create: element('cast', (value, { data, output }, i) =>
      output.dtype === 'int32' && !Number.isNaN(data(0)[i]!) ? Math.round(data(0)[i]!) : value,
    ),
  },
  {
    name: 'int32 multiplies in floating point',
    caughtBy: 'special values > elementwise > int32 mul wraps around',
    create: element('mul', (value, { data, output, operands }, i) => {
      if (output.dtype !== 'int32' || operands.some(({ shape }) => sizeOf(shape) !== sizeOf(output.shape))) return value
      return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, data(0)[i]! * data(1)[i]!))
    }),
  },
  {
    name: 'int32 divides downwards',
    caughtBy: 'special values > elementwise > int32 div truncates',
    create: element('div', (value, { data, output, operands }, i) =>
      output.dtype === 'int32' && operands[1]!.shape.length === operands[0]!.shape.length && data(1)[i] !== 0
        ? Math.floor(data(0)[i]! / data(1)[i]!)
        : value,
    ),
  },

  {
    name: 'int32 divides in float32',
    caughtBy: special('elementwise > int32 div truncates'),
    create: element('div', (value, { data, output, operands }, i) =>
      output.dtype === 'int32' && sameSizes(operands, output) && data(1)[i] !== 0
        ? Math.trunc(Math.fround(Math.fround(data(0)[i]!) / Math.fround(data(1)[i]!)))
        : value,
    ),
  },
  {
    name: 'int32 abs goes through float32',
    caughtBy: special('elementwise > int32 abs'),
    create: element('abs', (value, { output }) => (output.dtype === 'int32' ? Math.fround(value) : value)),
  },
  {
    name: 'int32 pow goes through floats',
    caughtBy: special('elementwise > int32 pow wraps around'),
    create: element('pow', (value, { data, output, operands }, i) =>
      output.dtype === 'int32' && sameSizes(operands, output) ? Math.fround(data(0)[i]! ** data(1)[i]!) : value,
    ),
  },
  {
    name: 'int32 is compared as float32',
    caughtBy: extreme('less int32'),
    create: kernel('less', ({ right, operands, params, output, data, store }) => {
      if (operands[0]!.dtype !== 'int32' || !sameSizes(operands, output)) return right(operands, params, output)
      const [a, b] = [data(0), data(1)]
      return store(Array.from(a, (value, i) => Number(Math.fround(value) < Math.fround(b[i]!))))
    }),
  },
  {
    name: 'cast to int32 wraps around',
    caughtBy: special('elementwise > cast float32 to int32'),
    create: element('cast', (value, { data, output }, i) => (output.dtype === 'int32' ? data(0)[i]! : value)),
  },
  {
    name: 'int32 is transposed as float32',
    caughtBy: special('movement > int32 transpose'),
    create: element('transpose', (value, { output }) => (output.dtype === 'int32' ? Math.fround(value) : value)),
  },
  {
    name: 'pad takes its number as float32',
    caughtBy: special('movement > int32 pad'),
    create: redirected('pad', ({ params }) => ({ params: { ...params, value: Math.fround(params.value) } })),
  },
  {
    name: 'sign of a small number is 0',
    caughtBy: special('elementwise > sign'),
    create: element('sign', (value, { data }, i) => (Math.abs(data(0)[i]!) < 1e-7 ? 0 : value)),
  },
  {
    name: 'log1p is log(1 + x)',
    caughtBy: extreme('log1p float32'),
    create: element('log1p', (value, { data, output }, i) =>
      output.dtype === 'float32' ? Math.log(Math.fround(1 + data(0)[i]!)) : value,
    ),
  },
  {
    name: 'expm1 is exp(x) - 1',
    caughtBy: extreme('expm1 float32'),
    create: element('expm1', (value, { data, output }, i) =>
      output.dtype === 'float32' ? Math.fround(Math.exp(data(0)[i]!)) - 1 : value,
    ),
  },
  {
    name: 'sin takes pi as float32',
    caughtBy: extreme('sin float32'),
    create: element('sin', (value, { data, output }, i) => {
      const x = data(0)[i]!
      const k = Math.round(x / Math.PI)
      const r = Math.fround(x - Math.fround(k * Math.fround(Math.PI)))
      return output.dtype === 'float32' && k !== 0 && Number.isFinite(x) ? Math.sin(r) * (k % 2 === 0 ? 1 : -1) : value
    }),
  },
  {
    name: 'sigmoid is 0 from -80 on',
    caughtBy: extreme('sigmoid float32'),
    create: element('sigmoid', (value, { data }, i) => (data(0)[i]! < -80 ? 0 : value)),
  },
  {
    name: 'erfc is 1 - erf',
    caughtBy: 'digits far out > erfc float32',
    create: element('erfc', (_, { data }, i) => 1 - Math.fround(erf(data(0)[i]!))),
  },

  // Reductions.
  {
    name: 'sum adds in a row',
    caughtBy: accuracy('sum of one number'),
    create: kernel('sum', ({ right, operands: [x], params, output, data, store }) => {
      const [before, extent, after] = x!.shape
      if (params.axes.length !== 1 || params.axes[0] !== 1 || after === undefined || x!.shape.length > 3)
        return right([x!], params, output)
      const values = data(0)
      return store(
        Array.from({ length: before! * after }, (_, place) =>
          inARow(extent!, (k) => values[(Math.floor(place / after) * extent! + k) * after + (place % after)]!),
        ),
      )
    }),
  },
  {
    name: 'the sum of all elements adds in a row',
    caughtBy: accuracy('mean, variance, standardDeviation and norm'),
    create: kernel('sum', ({ right, operands, params, output, data, store }) => {
      if (sizeOf(output.shape) !== 1) return right(operands, params, output)
      const values = data(0)
      return store([inARow(values.length, (k) => values[k]!)])
    }),
  },
  {
    name: 'cumsum adds in a row',
    caughtBy: accuracy('cumsum'),
    create: kernel('cumsum', ({ right, operands: [x], params, output, data, store }) => {
      if (params.axis !== x!.shape.length - 1 || params.reverse) return right([x!], params, output)
      const extent = x!.shape.at(-1)!
      let total = 0
      return store(Array.from(data(0), (value, i) => (total = Math.fround((i % extent === 0 ? 0 : total) + value))))
    }),
  },
  {
    name: 'matmul adds in a row',
    caughtBy: accuracy('matmul with a long inner axis'),
    create: kernel('matmul', ({ right, operands, params, output, data, store }) => {
      const [rows, columns] = output.shape
      if (rows !== 1 || columns !== 1) return right(operands, params, output)
      const [a, b] = [data(0), data(1)]
      return store([inARow(a.length, (k) => a[k]! * b[k]!)])
    }),
  },
  {
    name: 'conv2dFilterGradient adds in a row',
    caughtBy: accuracy('conv2dFilterGradient over many places'),
    create: element('conv2dFilterGradient', (value, { data, operands }, i) => {
      const [x, upstream] = [data(0), data(1)]
      const outs = operands[1]!.shape[3]!
      const places = upstream.length / outs
      if (places < 4096) return value
      // The image there is one number.
      return inARow(places, (k) => x[0]! * upstream[k * outs + (i % outs)]!)
    }),
  },
  {
    name: 'softmax adds in a row',
    caughtBy: accuracy('softmax, logSoftmax and logSumExp of many classes'),
    create: (): Backend => {
      const backend = good()
      const softmax: AnyKernel = ([x], _params: never, output) => {
        const data = backend.readSync!(x!.storage, x!)
        const extent = output.shape.at(-1)!
        const totals = Array.from({ length: data.length / extent }, (_, row) =>
          inARow(extent, (k) => Math.exp(data[row * extent + k]!)),
        )
        return backend.upload(
          data.map((value, i) => Math.exp(value) / totals[Math.floor(i / extent)]!),
          output,
        )
      }
      return { ...backend, kernels: { ...backend.kernels, softmax } }
    },
  },
  {
    name: 'logSoftmax subtracts the logarithm of the sum with the maximum in it',
    caughtBy: special('reductions > logSoftmax of numbers that hide a logarithm'),
    create: (): Backend => {
      const backend = good()
      const logSoftmax: AnyKernel = ([x], _params: never, output) => {
        const data = backend.readSync!(x!.storage, x!)
        const top = Math.max(...data)
        const total = Array.from(data).reduce((sum, value) => sum + Math.exp(value - top), 0)
        const shift = Math.fround(Math.log(total) + top)
        return backend.upload(
          data.map((value) => value - shift),
          output,
        )
      }
      return { ...backend, kernels: { ...backend.kernels, logSoftmax } }
    },
  },
  {
    name: 'max begins at -1e20',
    caughtBy: special('reductions > max of numbers far below 0'),
    create: element('max', (value) => Math.max(value, -1e20)),
  },
  {
    name: 'sum takes neighbouring axes',
    caughtBy: property('sum float32'),
    create: redirected('sum', ({ params, operands }) => ({
      params: {
        ...params,
        axes: params.axes.map((_, i) => Math.min(params.axes[0]! + i, operands[0]!.shape.length - 1)),
      },
    })),
  },
  {
    name: 'max drops NaN',
    caughtBy: 'special values > reductions > max: NaN wins',
    create: kernel('max', ({ backend, right, operands, params, output, data }) => {
      const [x] = operands
      const storage = backend.upload(
        data(0).map((value) => (Number.isNaN(value) ? -Infinity : value)),
        x!,
      )
      const result = right([{ ...x!, storage }], params, output)
      backend.release(storage)
      return result
    }),
  },
  {
    name: 'max starts from 0',
    caughtBy: 'special values > reductions > max of negatives',
    create: element('max', (value) => (value < 0 ? 0 : value)),
  },
  {
    name: 'argMax takes the last of equals',
    caughtBy: 'special values > reductions > argMax takes the first of equals',
    create: kernel('argMax', ({ data, operands: [x], params, output, right, store }) => {
      if (params.axis !== x!.shape.length - 1) return right([x!], params, output)
      const n = x!.shape[params.axis]!
      const values = data(0)
      return store(
        Array.from({ length: sizeOf(output.shape) }, (_, row) => {
          let best = 0
          for (let i = 1; i < n; i++) if (values[row * n + i]! >= values[row * n + best]!) best = i
          return best
        }),
      )
    }),
  },
  {
    name: 'topK turns equals around',
    caughtBy: 'special values > reductions > topK keeps the order of equals',
    create: kernel('topKIndices', ({ data, operands: [x], params: { k }, output, store }) => {
      const n = x!.shape.at(-1)!
      const values = data(0)
      return store(
        Array.from({ length: sizeOf(output.shape) }, (_, flat) => {
          const row = Math.floor(flat / k) * n
          return Array.from({ length: n }, (_, i) => i).sort((a, b) => values[row + b]! - values[row + a]! || b - a)[
            flat % k
          ]!
        }),
      )
    }),
  },
  {
    name: 'cumsum ignores reverse',
    caughtBy: property('cumsum float32'),
    create: redirected('cumsum', ({ params }) => ({ params: { ...params, reverse: false } })),
  },
  {
    name: 'softmax overflows',
    caughtBy: 'special values > reductions > softmax without overflow',
    create: (): Backend => {
      const backend = good()
      const softmax: AnyKernel = ([x], { axis }: { axis: number }, output) => {
        const data = backend.readSync!(x!.storage, x!)
        const inner = sizeOf(output.shape.slice(axis + 1))
        const n = output.shape[axis]!
        const total = (i: number): number => {
          const start = Math.floor(i / (inner * n)) * inner * n + (i % inner)
          return Array.from({ length: n }, (_, k) => Math.exp(data[start + k * inner]!)).reduce((a, b) => a + b, 0)
        }
        return backend.upload(
          data.map((value, i) => Math.exp(value) / total(i)),
          output,
        )
      }
      return { ...backend, kernels: { ...backend.kernels, softmax } }
    },
  },

  // Contractions and windows.
  {
    name: 'avgPool2d makes -Infinity of NaN',
    caughtBy: special('windows and products > avgPool2d of NaN, 1 channels'),
    create: element('avgPool2d', (value) => (Number.isNaN(value) ? -Infinity : value)),
  },
  {
    name: 'conv2d of one weight makes -Infinity of NaN',
    caughtBy: special('windows and products > conv2d 1x1 of NaN, 1 to 1 channels'),
    create: element('conv2d', (value, { operands }) =>
      Number.isNaN(value) && sizeOf(operands[1]!.shape) === 1 ? -Infinity : value,
    ),
  },
  {
    name: 'maxPool2dGradient passes over Infinity',
    caughtBy: special('windows and products > gradient of maxPool2d of Infinity'),
    create: redirected('maxPool2dGradient', ({ backend, data, operands: [x, upstream] }) => ({
      operands: [
        {
          ...x!,
          storage: backend.upload(
            data(0).map((value) => (value === Infinity ? -Infinity : value)),
            x!,
          ),
        },
        upstream!,
      ],
    })),
  },
  {
    name: 'matmul ignores transposeB',
    caughtBy: 'golden values and gradients > matmul float32',
    create: redirected('matmul', ({ operands: [a, b], params }) => ({
      operands: [a!, params.transposeB ? { ...b!, shape: swapLast(b!.shape) } : b!],
      params: { ...params, transposeB: false },
    })),
  },
  {
    name: 'matmul forgets the last column of wide products',
    caughtBy: 'large and odd sizes > matmul 17x257x33 float32',
    create: element('matmul', (value, { output }, i) => {
      const n = output.shape.at(-1)!
      return n > 32 && n % 4 === 1 && i % n === n - 1 ? 0 : value
    }),
  },
  {
    name: 'exp of many elements leaves out what is behind the last whole share',
    caughtBy: 'large and odd sizes > work that is shared out',
    create: element('exp', (value, { output: { shape } }, i) => {
      const [n = 0] = shape
      return n > 2 ** 16 && i >= n - (n % 2048) ? 0 : value
    }),
  },
  {
    name: 'matmul reads what exp left behind an odd extent',
    caughtBy: 'large and odd sizes > matmul of computed operands',
    create: (): Backend => {
      const computed = new WeakSet<object>()
      const marking = kernel('exp', ({ right, operands, params, output }) => {
        const storage = right(operands, params, output)
        computed.add(storage)
        return storage
      })
      return kernel(
        'matmul',
        ({ operands: [a], params, result, store }) => {
          const inner = a!.shape.at(params.transposeA ? -2 : -1)!
          const extra = computed.has(a!.storage) && inner % 2 === 1 ? 1 : 0
          return store(Array.from(result(), (value) => value + extra))
        },
        marking,
      )()
    },
  },
  {
    name: 'matmul never sees the second matrix of a batch',
    caughtBy: property('matmul float32'),
    create: element('matmul', (_, { result, output }, i) => result()[i % sizeOf(output.shape.slice(-2))]!),
  },
  {
    name: 'conv2d steps one too short',
    caughtBy: 'golden values and gradients > conv2d float32',
    create: kernel('conv2d', ({ backend, right, operands, params, output, store }) => {
      const {
        strides: [down, across],
      } = params
      if (across === 1) return right(operands, params, output)
      const [n, height, , channels] = output.shape as [number, number, number, number]
      const [left, last] = params.padding[1]
      const width = Math.floor((operands[0]!.shape[2]! + left + last - operands[1]!.shape[1]!) / (across - 1)) + 1
      const spec = { shape: [n, height, width, channels], dtype: output.dtype }
      const storage = right(operands, { ...params, strides: [down, across - 1] }, spec)
      const wide = backend.readSync!(storage, spec)
      backend.release(storage)
      const columns = output.shape[2]!
      return store(
        Array.from({ length: sizeOf(output.shape) }, (_, i) => {
          const channel = i % channels
          const x = Math.floor(i / channels) % columns
          return wide[(Math.floor(i / (channels * columns)) * width + x) * channels + channel]!
        }),
      )
    }),
  },
  {
    name: 'conv2dFilterGradient sees one image of the batch',
    caughtBy: property('conv2dFilterGradient float32'),
    create: kernel('conv2dFilterGradient', ({ backend, right, operands: [x, upstream], params, output, data }) => {
      const first = sizeOf(upstream!.shape.slice(1))
      const storage = backend.upload(
        data(1).map((value, i) => (i < first ? value : 0)),
        upstream!,
      )
      const result = right([x!, { ...upstream!, storage }], params, output)
      backend.release(storage)
      return result
    }),
  },
  {
    name: 'conv2dInputGradient forgets the padding',
    caughtBy: 'gradients > equal differences > conv2d float64',
    create: redirected('conv2dInputGradient', ({ params }) => ({
      params: {
        ...params,
        padding: [
          [0, 0],
          [0, 0],
        ],
      },
    })),
  },
  {
    name: 'avgPool2d counts the padding',
    caughtBy: property('avgPool2d float32'),
    create: element('avgPool2d', (value, { params: { padding } }) =>
      padding.flat().some((amount) => amount > 0) ? value * 0.75 : value,
    ),
  },
  {
    name: 'maxPool2dGradient goes to all maxima',
    caughtBy: property('maxPool2dGradient float32'),
    create: element('maxPool2dGradient', (value, { data }, i) => (data(0)[i] === 2 && value === 0 ? 1 : value)),
  },

  // Movement.
  {
    name: 'slice ignores begin',
    caughtBy: property('slice float32'),
    create: redirected('slice', ({ params }) => ({ params: { ...params, begin: params.begin.map(() => 0) } })),
  },
  {
    name: 'pad ignores its value',
    caughtBy: property('pad float32'),
    create: redirected('pad', ({ params }) => ({ params: { ...params, value: 0 } })),
  },
  {
    name: 'transpose loses -0',
    caughtBy: 'special values > movement > transpose',
    create: element('transpose', (value) => value + 0),
  },
  {
    name: 'transpose takes the inverse order',
    caughtBy: property('transpose float32'),
    create: redirected('transpose', ({ params: { axes } }) => ({
      params: { axes: axes.map((_, i) => axes.indexOf(i)) },
    })),
  },
  {
    name: 'concat turns the order around',
    caughtBy: property('concat float32'),
    create: redirected('concat', ({ operands }) => ({ operands: [...operands].reverse() })),
  },
  {
    name: 'gather is off by one',
    caughtBy: property('gather float32'),
    create: kernel('gather', ({ backend, right, operands: [x, indices], params, output, data }) => {
      const storage = backend.upload(
        data(1).map((value) => value + 1),
        indices!,
      )
      const result = right([x!, { ...indices!, storage }], params, output)
      backend.release(storage)
      return result
    }),
  },
  {
    name: 'gather wraps negative indices',
    caughtBy: 'special values > movement > gather outside reads 0',
    create: kernel('gather', ({ backend, right, operands: [x, indices], params, output, data }) => {
      const storage = backend.upload(
        data(1).map((value) => (value < 0 ? value + x!.shape[params.axis]! : value)),
        indices!,
      )
      const result = right([x!, { ...indices!, storage }], params, output)
      backend.release(storage)
      return result
    }),
  },
  {
    name: 'scatterAdd overwrites',
    caughtBy: 'gradients > equal differences > gather with repeats float64',
    create: kernel('scatterAdd', ({ operands: [updates, indices], params, output, right, data, store }) => {
      if (params.axis !== 0) return right([updates!, indices!], params, output)
      const row = sizeOf(output.shape.slice(1))
      const values = new Float64Array(sizeOf(output.shape))
      data(1).forEach((place, i) => {
        if (place >= 0 && place < params.extent)
          values.set(Array.from(data(0).subarray(i * row, (i + 1) * row)), place * row)
      })
      return store(values)
    }),
  },

  // Random numbers and determinism.
  {
    name: 'random draws from another stream',
    caughtBy: 'determinism > seed 1 gives its bits',
    create: redirected('random', ({ params }) => ({ params: { ...params, key: [params.key[1], params.key[0]] } })),
  },
  {
    name: 'random takes seed 0 for no seed',
    caughtBy: 'determinism > seed 0 gives its bits',
    create: redirected('random', ({ params }) => ({
      params: { ...params, key: params.key[1] === 0 ? [1, 7] : params.key },
    })),
  },
  {
    name: 'matmul differs from run to run',
    caughtBy: 'determinism > the same computation gives the same bits',
    create: (): Backend => {
      let calls = 0
      return kernel('matmul', ({ result, store }) => {
        const noise = 1 + 2 ** -22 * (calls++ % 2)
        return store(Array.from(result(), (value) => value * noise))
      })()
    },
  },

  // Ownership of memory.
  {
    name: 'sum leaks a buffer',
    caughtBy: 'lifetimes > gradients leave only what they return',
    create: kernel('sum', ({ backend, right, operands, params, output }) => {
      backend.upload(allocate('float32', 1), { shape: [1], dtype: 'float32' })
      return right(operands, params, output)
    }),
  },
  {
    name: 'relu works in place',
    caughtBy: ownership('relu'),
    create: kernel('relu', ({ operands: [x], result, store }) => {
      const elements = result()
      ;(x!.storage as { data: TypedArray }).data.set(elements)
      return store(elements)
    }),
  },
  {
    name: 'transpose returns its input where nothing moves',
    caughtBy: ownership('transpose'),
    create: kernel('transpose', ({ operands: [x], params, output, right }) =>
      params.axes.every((axis, i) => axis === i) ? x!.storage : right([x!], params, output),
    ),
  },
  {
    name: "upload keeps the caller's array",
    caughtBy: 'storage > upload copies',
    create: changed((backend) => ({
      upload(data, spec) {
        const storage = backend.upload(data, spec)
        ;(storage as { data: TypedArray }).data = data
        return storage
      },
    })),
  },
  {
    name: 'read hands out the storage itself',
    caughtBy: 'storage > read copies',
    create: changed(() => ({ read: (storage) => Promise.resolve((storage as { data: TypedArray }).data) })),
  },
  {
    name: 'memory counts no bytes',
    caughtBy: 'storage > memory counts storages and their bytes',
    create: changed((backend) => ({ memory: () => ({ ...backend.memory(), bytes: 0 }) })),
  },
  {
    name: 'dispose forgets to free',
    caughtBy: 'storage > dispose frees everything, and release stays harmless',
    create: changed(() => ({ dispose: () => {} })),
  },

  // Capabilities.
  {
    name: 'a kernel is missing and not declared',
    caughtBy: 'capabilities > every primitive has a kernel or is declared missing',
    create: changed((backend) => {
      const { erf, ...rest } = backend.kernels
      void erf
      return { kernels: rest as Backend['kernels'] }
    }),
  },
  {
    name: 'synchronous reads are declared and not there',
    caughtBy: 'capabilities > synchronous reads are there exactly if declared',
    create: (): Backend => {
      const { readSync, ...rest } = good()
      void readSync
      return rest
    },
  },

  // Programs.
  {
    name: 'a program keeps donated inputs',
    caughtBy: 'lifetimes > 100 compiled steps with donation leave nothing',
    create: program(() => ({ released: (storages) => storages.slice(0, -1) })),
  },
  {
    name: 'a program returns its outputs in reverse',
    caughtBy: 'programs, compiled > outputs come in their order',
    create: program(() => ({ outputs: (storages) => storages.reverse() })),
  },
  {
    name: 'a program never frees its intermediates',
    caughtBy: 'programs, compiled > values that live through many buffers',
    create: program(() => ({ released: () => [] })),
  },
  {
    name: 'a program that throws leaves its intermediates',
    caughtBy: 'runs that throw > a program whose third input cannot be read, compiled',
    create: program(() => ({ failed: (_, donated) => donated })),
  },
  {
    name: 'a program that throws keeps what was donated',
    caughtBy: 'runs that throw > a program whose first input cannot be read, compiled',
    create: program(() => ({ failed: (made) => made })),
  },
  {
    name: 'a program returns one buffer again and again',
    caughtBy: 'programs, compiled > add equals eager',
    create: (): Backend => {
      const backend = good()
      const compiled = compiling(backend)
      return {
        ...backend,
        compile: (source) => {
          const executable = compiled.compile(source)
          let kept: object[] | undefined
          return {
            ...executable,
            run(inputs, keys) {
              const outputs = executable.run(inputs, keys)
              kept ??= outputs
              outputs.forEach((storage, i) => {
                const held = kept![i] as { data: TypedArray }
                held.data.set((storage as { data: TypedArray }).data)
              })
              return outputs
            },
          }
        },
      }
    },
  },
  {
    name: 'a program has no bias where the product is read once more',
    caughtBy: 'programs, compiled > products with a bias',
    create: (): Backend => {
      const backend = compiling(good())
      return {
        ...backend,
        compile(source) {
          const { instructions, outputs } = source
          const isShared = (id: ValueId): boolean =>
            outputs.includes(id) && instructions.some((made) => made.id === id && made.primitive === 'matmul')
          const instead = instructions.map((instruction) => {
            const product = instruction.inputs.find(isShared)
            if (instruction.primitive !== 'add' || product === undefined) return instruction
            return { ...instruction, inputs: [product, product] }
          })
          return backend.compile({ ...source, instructions: instead })
        },
      }
    },
  },
  {
    name: 'a program draws the same numbers for every key',
    caughtBy: 'determinism > a compiled function draws what its key says',
    create: (): Backend => {
      const backend = good()
      const compiled = compiling(backend)
      return {
        ...backend,
        compile: (source) => {
          const executable = compiled.compile(source)
          return {
            ...executable,
            run: (inputs, keys) =>
              executable.run(
                inputs,
                keys.map(() => [0, 0]),
              ),
          }
        },
      }
    },
  },
  {
    name: 'a program overwrites what it was only lent',
    caughtBy: 'programs, compiled > tanh equals eager',
    create: (): Backend => {
      const backend = good()
      const compiled = compiling(backend)
      return {
        ...backend,
        compile: (source) => {
          const executable = compiled.compile(source)
          return {
            ...executable,
            run(inputs, keys) {
              const outputs = executable.run(inputs, keys)
              source.inputs.forEach(({ donated }, i) => {
                if (!donated) (inputs[i] as { data: TypedArray }).data.fill(0)
              })
              return outputs
            },
          }
        },
      }
    },
  },
  // Loops.
  {
    name: 'a loop reads the first slice each time',
    caughtBy: 'loops, by the backend > 2 steps of a training',
    create: loop({ slice: () => 0 }),
  },
  {
    name: 'a loop gives each iteration the first keys',
    caughtBy: 'loops, by the backend > each iteration draws what its key says',
    create: loop({ key: () => 0 }),
  },
  {
    name: 'a loop of no iteration has one',
    caughtBy: 'loops, by the backend > no step at all',
    create: loop({ count: (count) => Math.max(1, count) }),
  },
  {
    name: 'a loop ends one iteration early',
    caughtBy: 'loops, by the backend > 2 steps of a training',
    create: loop({ count: (count) => count - 1 }),
  },
  {
    name: 'a loop collects the last value each time',
    caughtBy: 'loops, by the backend > 7 steps of a training',
    create: loop({ collected: (values) => values.map(() => values.at(-1)!) }),
  },
  {
    name: 'a loop collects backwards',
    caughtBy: 'loops, by the backend > parts of the carry that change places',
    create: loop({ collected: (values) => values.reverse() }),
  },
  {
    name: 'a loop carries each output to the input of its place',
    caughtBy: 'loops, by the backend > outputs that become other inputs than those of their place',
    create: loop({
      carries: (carries) => {
        let next = 0
        return carries.map((to) => (to < 0 ? to : next++))
      },
    }),
  },
  {
    name: 'a loop forgets its slices',
    caughtBy: 'loops, by the backend > 2 steps of a training',
    create: loop({ released: () => [] }),
  },
  {
    name: 'a loop overwrites what is stacked',
    caughtBy: 'loops, by the backend > 7 steps of a training',
    create: (): Backend => {
      const backend = looping(good())
      return {
        ...backend,
        compile: (source) => {
          const executable = backend.compile(source)
          return {
            ...executable,
            runMany(circle, count, inputs, keys) {
              const outputs = executable.runMany!(circle, count, inputs, keys)
              inputs.forEach((storage, i) => circle.stacked[i] && (storage as { data: TypedArray }).data.fill(0))
              return outputs
            },
          }
        },
      }
    },
  },
  {
    name: 'a loop gives nothing back where it throws',
    caughtBy: 'loops, by the backend > a loop on what cannot be read leaves nothing behind',
    create: loop({ failed: () => [] }),
  },
  {
    name: 'a loop begins anew each time',
    caughtBy: 'loops, by the backend > 2 steps of a training',
    create: loop({ given: (now, first) => now.map((storage, i) => (i === 0 ? first[i]! : storage)) }),
  },
  {
    name: 'the largest of several is always 1',
    caughtBy: 'ends of formulas > norms of numbers whose squares leave float32',
    create: kernel('max', ({ result, store }) => store(result().fill(1))),
  },
  {
    name: 'less or equal is less',
    caughtBy: 'ends of formulas > gradients at kinks',
    create: kernel('lessEqual', ({ backend, operands, output }) => backend.kernels.less(operands, {}, output)),
  },
  {
    name: 'every power is its base',
    caughtBy: 'ends of formulas > second derivatives at 0',
    create: kernel('pow', ({ data, result, store }) => store(result().map((_, i) => data(0)[i % data(0).length]!))),
  },
  {
    name: 'floor leaves fractions',
    caughtBy: 'ends of formulas > an index that is none picks nothing',
    create: kernel('floor', ({ data, store }) => store(data(0))),
  },
]
