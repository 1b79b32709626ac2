import {
  allocate,
  dtypeOf,
  formatShape,
  NeuriteError,
  sameShape,
  sizeOf,
  type ArrayData,
  type HostArray,
  type Tree,
  type TypedArray,
} from '@neurite/core'
import { hostArray, listOf, optional, readOptions, whole } from '@neurite/core/arguments'
import { checkIndices, inputIndices, takeTurns, type Layer } from '@neurite/nn'
import { placeOf } from '../fit/data/place.js'
import { checkFinite, type Precision } from '../fit/data/finite.js'
import { aState, checkTrained, someRows } from './arguments.js'
import { checkFiniteParams, checkFiniteParamsSync } from './finite-params.js'
import { prepare, type Output } from './prepared.js'

/** Options of {@link predictor}. */
export interface PredictorOptions {
  /** The shape of one row. With it, numbers may come flat, one row after the other; without it, they must come in their shape. */
  readonly inputShape?: readonly number[]
  /** Running statistics, as `fit` returned them. Needed only by models that have some (batchNorm). */
  readonly state?: Tree
  /** Rows that go through the model at once. Default 256. */
  readonly batchSize?: number
}

/** A model and its params, prepared to answer. */
export interface Predictor {
  /**
   * The outputs of all rows, one after the other, as {@link predict} would give them. Between batches, the event loop gets its turn.
   *
   * @param rows - a typed array, nested arrays, a table, `{ shape, data }`; the caller's
   * @returns a new typed array
   * @throws NeuriteError `SHAPE_MISMATCH` for rows of another length, `NON_FINITE`, `INVALID_ARGUMENT` for what is no numbers,
   * `TENSOR_RELEASED` after `dispose`, what the model throws
   */
  predict(rows: HostArray): Promise<TypedArray>
  /**
   * As `predict`, at once: nothing else runs meanwhile.
   *
   * @throws NeuriteError as `predict`; `NOT_SUPPORTED` on a backend that can only answer later
   */
  predictSync(rows: HostArray): TypedArray
  /** Frees the compiled programs and the hold on the params. Happens by itself once the predictor is collected. */
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Prepares a model to answer again and again, a row or many at a time: numbers in, numbers out, without a tensor made on the
 * way. For servers and pages; {@link predict} is for whole sets, and for outputs that stay on a device.
 *
 * It runs where the params are (`moveTo` brings them elsewhere) and holds them: they may be disposed afterwards. Each number of
 * rows is a program, compiled when it first comes; the 16 latest are kept.
 *
 * @param model - any layer
 * @param params - as `fit` returned them. A predictor keeps these: make another when training goes on
 * @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT`; `NON_FINITE` for params with NaN, here or at the first answer
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense, sequential } from '@neurite/nn'
 * import { predictor } from '@neurite/train'
 * const model = sequential([dense(1)])
 * const params = [{ weight: tensor([[2], [1]]), bias: tensor([0.5]) }] as const
 * const answers = predictor(model, params, { inputShape: [2] })
 * await answers.predict(Float32Array.of(1, 2, 3, 4)) // => [4.5, 10.5]
 * answers.predictSync([[1, 2]]) // => [4.5]
 * ```
 */
export function predictor(model: Layer, params: Tree, options: PredictorOptions = {}): Predictor {
  checkTrained('predictor', model, params)
  const { inputShape, state, batchSize } = readOptions('predictor', options, {
    inputShape: optional(listOf(whole(1))),
    state: aState,
    batchSize: someRows,
  })
  const place = placeOf('predictor', { params }, { x: [], y: [] })
  // Now, since params may be disposed when it returns; where reading takes time, the first answer waits for it.
  let check: Promise<void> | undefined
  if (place.backend.readSync !== undefined) checkFiniteParamsSync('predictor', { params, state })
  else {
    check = checkFiniteParams('predictor', { params, state })
    check.catch(() => undefined)
  }
  const indices = inputIndices(model)
  const forward = prepare(model, params, state, place)

  /** What goes through the model at once. */
  const batchesOf = (where: string, rows: HostArray): ArrayData[] => {
    const all = rowsIn(where, rows, inputShape, place.dtype)
    if (indices !== undefined) checkIndices(where, all, indices)
    const [count, ...shape] = all.shape as readonly [number, ...number[]]
    if (count <= batchSize) return [all]
    const width = all.data.length / count
    return Array.from({ length: Math.ceil(count / batchSize) }, (_, i) => {
      const from = i * batchSize
      const to = Math.min(from + batchSize, count)
      return { shape: [to - from, ...shape], data: all.data.subarray(from * width, to * width) }
    })
  }
  return {
    async predict(rows) {
      if (check !== undefined) await check
      check = undefined
      const batches = batchesOf('predict: rows', rows)
      const turn = batches.length > 1 ? takeTurns() : undefined
      const outputs: Output[] = []
      try {
        for (const { shape, data } of batches) {
          outputs.push(forward.run(shape, data))
          const others = turn?.()
          if (others !== undefined) await others
        }
        return joined(await Promise.all(outputs.map((output) => output.data())))
      } finally {
        for (const output of outputs) output.dispose()
      }
    },
    predictSync(rows) {
      if (place.backend.readSync === undefined)
        throw new NeuriteError(
          'NOT_SUPPORTED',
          `predictSync: backend '${place.backend.name}' cannot read at once; use await predict(rows).`,
          { backend: place.backend.name },
        )
      const outputs: Output[] = []
      try {
        for (const { shape, data } of batchesOf('predictSync: rows', rows)) outputs.push(forward.run(shape, data))
        return joined(outputs.map((output) => output.dataSync()))
      } finally {
        for (const output of outputs) output.dispose()
      }
    },
    dispose: () => forward.dispose(),
    [Symbol.dispose]: () => forward.dispose(),
  }
}

/** Rows as numbers and their shape, checked. */
function rowsIn(
  where: string,
  rows: HostArray,
  inputShape: readonly number[] | undefined,
  precision: Precision,
): ArrayData {
  const { shape, data } = hostArray(where, rows)
  const [first, ...rest] = shape
  let count = first
  if (inputShape !== undefined && !sameShape(rest, inputShape)) {
    const width = sizeOf(inputShape)
    count = shape.length === 1 ? data.length / width : NaN
    if (!Number.isInteger(count)) {
      const expected = `rows of shape ${formatShape(inputShape)}, or their numbers one after the other, ${width} a row`
      throw new NeuriteError('SHAPE_MISMATCH', `${where} has shape ${formatShape(shape)}; expected ${expected}.`, {
        shape,
        inputShape,
      })
    }
  }
  if (count === undefined)
    throw new NeuriteError('SHAPE_MISMATCH', `${where} is a single number; expected shape [rows, ...].`)
  const known = [count, ...(inputShape ?? rest)]
  checkFinite(where, { shape: known, data }, precision)
  return { shape: known, data }
}

function joined(parts: readonly TypedArray[]): TypedArray {
  const [first, ...more] = parts as readonly [TypedArray, ...TypedArray[]]
  if (more.length === 0) return first
  const all = allocate(
    dtypeOf(first),
    parts.reduce((sum, { length }) => sum + length, 0),
  )
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
