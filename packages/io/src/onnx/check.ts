import {
  key,
  NeuriteError,
  randomNormal,
  tensor,
  tidy,
  type ArrayData,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { AnyFitted } from '@neurite/data'
import { forwardOf, type Model } from '@neurite/nn'
import { dtypeOfModel, featuresOf } from '../model/features.js'
import { evaluate } from './evaluate.js'
import { firstScaling } from './preprocessing.js'
import type { OnnxGraph } from './proto.js'

const ROWS = 2
/** Relative to the greatest output: what float32 and another order of additions may differ by, in a deep network. */
const TOLERANCE = 1e-3
const TOLERANCE_OF_HALVES = 0.05

/**
 * Lets the graph and the model answer the same two rows.
 *
 * @throws NeuriteError `NOT_SUPPORTED` if they differ: weights or scalers that float32 cannot hold
 */
export async function checkExport(
  graph: OnnxGraph,
  {
    model,
    params,
    state,
    preprocessing,
    backend,
  }: {
    readonly model: Model
    readonly params: Tree
    readonly state: Tree | undefined
    readonly preprocessing: AnyFitted | undefined
    readonly backend: Backend
  },
): Promise<void> {
  const rows = await probe(graph.input, preprocessing, backend)
  const features = featuresOf('toOnnx', rows, preprocessing, dtypeOfModel(params, state ?? {}))
  const [expected, found] = await Promise.all(
    [
      () => forwardOf(model)(params, state, tensor(features, { backend })),
      () => evaluate(graph, tensor(rows, { backend }), backend),
    ].map((answer) => read(tidy(answer))),
  )
  const scale = expected!.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1e-6)
  const tolerance = backend.capabilities.float32Precision === 16 ? TOLERANCE_OF_HALVES : TOLERANCE
  const odd = expected!.findIndex((value, i) => !(Math.abs(value - found![i]!) <= tolerance * scale))
  if (odd < 0) return
  throw new NeuriteError(
    'NOT_SUPPORTED',
    `toOnnx: the export is in float32, where it says ${found![odd]} when the model says ${expected![odd]}; scale the inputs and weights to what float32 can hold.`,
  )
}

/** Inputs as a runtime gets them, in float32: of a scaler, such as it was fitted to. */
async function probe(
  { shape, type }: OnnxGraph['input'],
  preprocessing: AnyFitted | undefined,
  backend: Backend,
): Promise<ArrayData> {
  const full = [ROWS, ...shape]
  const normal = await read(tidy(() => randomNormal(key(0), full, { backend })))
  // Index 0 is in every table.
  if (type === 'int32') return { shape: full, data: new Int32Array(normal.length) }
  const scaling = firstScaling(preprocessing)
  if (scaling === undefined) return { shape: full, data: Float32Array.from(normal) }
  const at = (i: number): (typeof scaling)[number] => scaling[i % scaling.length]!
  return { shape: full, data: Float32Array.from(normal, (value, i) => at(i).shift + at(i).divisor * value) }
}

async function read(x: Tensor): Promise<Float64Array> {
  try {
    return Float64Array.from(await x.data())
  } finally {
    x.dispose()
  }
}
