import {
  compile,
  disposeTree,
  NeuriteError,
  tensor,
  type ArrayData,
  type Backend,
  type DType,
  type Program,
  type Tensor,
  type Tree,
  type ValueId,
} from '@neurite/core'
import type { Model } from '@neurite/nn'
import type { Arrays } from './weights.js'

/** What a model computes for one row, and with which numbers. */
export interface Recorded {
  readonly program: Program
  /** The input that is the row. */
  readonly x: ValueId
  /** What the arrays of the inputs are called: x, and w0, w1, ... of those that are read. */
  readonly names: ReadonlyMap<ValueId, string>
  readonly weights: Arrays
  /** Of one row, without the batch axis. */
  readonly outputShape: readonly number[]
  readonly outputDType: DType
}

/**
 * Traces a model on one row and reads what it holds.
 *
 * @param features - one row, [1, ...], as the model takes it
 * @throws NeuriteError what the model throws; `NON_FINITE` for params that are not finite
 */
export async function record(
  { model, params, state, backend }: { model: Model; params: Tree; state: Tree | undefined; backend: Backend },
  features: ArrayData,
): Promise<Recorded> {
  const row = tensor(features, { backend })
  const forward = compile((p: Tree, s: Tree, x: Tensor) => model.apply(p, x, state === undefined ? {} : { state: s }))
  try {
    const { callable, leaves } = forward.bind(params, state ?? {}, row)
    const { program, call, captured } = callable
    const given = program.inputs.map(
      (_, i) => (leaves[call.inputs[i]!] as Tensor | undefined) ?? captured[i - call.inputs.length]!,
    )
    const [origin] = call.origins
    if (origin === undefined || origin.from === 'static')
      throw new NeuriteError('INVALID_ARGUMENT', 'toJavaScript: the model returns no tensor.')
    const output = origin.from === 'input' ? program.inputs[origin.index]!.id : program.outputs[origin.index]!
    const read = new Set([output, ...program.instructions.flatMap(({ inputs }) => inputs)])
    const names = new Map<ValueId, string>()
    const nameOf = new Map<Tensor, string>([[row, 'x']])
    const weights = new Map<string, { readonly dtype: DType; readonly data: Awaited<ReturnType<Tensor['data']>> }>()
    for (const [i, { id, dtype }] of program.inputs.entries()) {
      const from = given[i]!
      if (!read.has(id)) continue
      let name = nameOf.get(from)
      if (name === undefined) {
        name = `w${weights.size}`
        nameOf.set(from, name)
        const data = await from.data()
        const odd = data.find((value) => !Number.isFinite(value))
        if (odd !== undefined)
          throw new NeuriteError('NON_FINITE', `toJavaScript: params hold ${odd}; such a model is not worth saving.`)
        weights.set(name, { dtype, data })
      }
      names.set(id, name)
    }
    const x = program.inputs[given.indexOf(row)]!.id
    const { shape, dtype } = origin
    return {
      program: { ...program, outputs: [output] },
      x,
      names,
      weights,
      outputShape: shape.slice(1),
      outputDType: dtype,
    }
  } finally {
    forward.dispose()
    disposeTree([row])
  }
}
