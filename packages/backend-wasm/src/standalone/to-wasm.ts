import { compile, moveTo, NeuriteError, type ByteArray, type Tensor, type TypedArray } from '@neurite/core'
import { aFunction, aTensor } from '@neurite/core/arguments'
import { Device } from '../device.js'
import { KERNELS } from '../generated/kernels.js'
import { inflate } from '../kernels/decode.js'
import { recorder } from '../recorder.js'
import { LOADER, writeTypes } from './loader.js'
import { writeModule, type Prediction } from './module.js'

/** A prediction as files. */
export interface StandaloneWasm {
  /** The module, weights inside: save it as `NAME.wasm`. */
  readonly bytes: ByteArray
  /** An ES module that loads it, at most 1 kB: save it as `NAME.js`. It is the same for every model. */
  readonly loader: string
  /** What the loader exports, in TypeScript: save it as `NAME.d.ts`. */
  readonly types: string
}

/**
 * A prediction as one .wasm without dependencies: weights and everything that it calls are inside, with memory for just that. The loader beside it is
 * a kilobyte: `const predict = await load(bytes)`, and `predict(numbers)` answers at once, bit by bit as the function does on `wasm()`.
 *
 * The function is traced, on tensors of these shapes: the batch size of `x` is the one that the module has. It may be a compiled one.
 * Its arguments are what `shipProgram` takes; here the tensors of all but the last keep the values that they have now.
 *
 * A module of float32 imports nothing, so that any host will do: write the numbers at `input`, call `predict`, read those at
 * `output`; the exports `inputLength` and `outputLength` say how many there are.
 *
 * @param f - returns one tensor, and closes over none
 * @param args - as it would be called: params, and state if there is any; last, x, one tensor, whose values do not matter
 * @returns a promise of the files
 * @throws NeuriteError `NOT_SUPPORTED` for random numbers, for functions of float64 that Math has not (sigmoid, erf, erfc, pow), for powers of int32, and for what needs more
 * than 2 GiB; `INVALID_ARGUMENT` for a function that closes over tensors or returns no tensor, and where x is none; `BACKEND_UNAVAILABLE` where there is no
 * WebAssembly; what tracing throws
 * @example
 * ```ts
 * import { setDefaultBackend, tensor, zeros, type Tensor } from '@neurite/core'
 * import { toWasm, wasm } from '@neurite/backend-wasm'
 * import { dense, sequential } from '@neurite/nn'
 * setDefaultBackend(await wasm())
 * const model = sequential([dense(2, { activation: 'relu' }), dense(1)])
 * const params = [
 *   { weight: tensor([[1, -1], [1, -1]]), bias: tensor([0, 0]) },
 *   { weight: tensor([[1], [1]]), bias: tensor([0.5]) },
 * ] as const
 * const forward = (p: typeof params, x: Tensor) => model.apply(p, x)
 * const { bytes, loader } = await toWasm(forward, params, zeros([1, 2]))
 *
 * // Anywhere else, with the two files:
 * const { load } = await import(`data:text/javascript,${encodeURIComponent(loader)}`)
 * const predict = await load(bytes)
 * predict([1, 2]) // => [3.5]
 * predict([1]) // => throws TypeError
 * ```
 */
export async function toWasm<A extends readonly unknown[]>(
  f: (...args: A) => Tensor,
  ...args: A
): Promise<StandaloneWasm> {
  aFunction(where, 'f', f)
  aTensor(where, 'the last argument', args.at(-1))
  const { library, scratch } = await Device.create(await inflate(KERNELS), 2 ** 16)
  const prediction = await record(f, await moveTo(args, recorder()))
  const { program, x, result } = prediction
  return {
    bytes: writeModule(prediction, library, scratch),
    loader: LOADER,
    types: writeTypes(program.inputs[x]!, result),
  }
}

const where = 'toWasm'

/** Traces a function, and takes what its tensors hold. */
async function record<A extends readonly unknown[]>(f: (...args: A) => Tensor, args: A): Promise<Prediction> {
  const compiled = compile(f)
  try {
    const { callable, leaves } = bind(() => compiled.bind(...args))
    const { program, call, captured } = callable
    const [result, ...others] = call.origins
    if (result === undefined || result.from === 'static' || others.length > 0 || call.result.kind !== 'leaf')
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: the function must return one tensor.`)
    const x = call.inputs.indexOf(leaves.length - 1)
    const weights = new Map<number, TypedArray>()
    for (const i of program.inputs.keys()) {
      const leaf = call.inputs[i]
      const tensor = leaf === undefined ? captured[i - call.inputs.length]! : (leaves[leaf] as Tensor)
      if (i !== x) weights.set(i, await tensor.data())
    }
    return { program, x, weights, result }
  } finally {
    compiled.dispose()
  }
}

/** On the recorder lies what was given, and nothing else. */
function bind<T>(trace: () => T): T {
  try {
    return trace()
  } catch (error) {
    if (!NeuriteError.isInstance(error) || error.code !== 'MIXED_BACKENDS') throw error
    const message = `${where}: the function closes over tensors; pass them as arguments, before x.`
    throw new NeuriteError('INVALID_ARGUMENT', message, {}, error)
  }
}
