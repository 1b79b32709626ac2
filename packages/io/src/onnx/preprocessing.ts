import { NeuriteError } from '@neurite/core'
import type { FittedScaler, FittedTransformer, Takes, Transformed } from '@neurite/data'
import type { GraphBuilder, Value } from './builder.js'

/** The transformers that are (x - center) * scale + offset in each column. */
const AFFINE = ['standardScaler', 'minMaxScaler', 'robustScaler', 'maxAbsScaler']

/**
 * Adds fitted scalers to the graph.
 *
 * @throws NeuriteError `NOT_SUPPORTED` for a transformer that is not affine in each column
 */
export function emitPreprocessing(
  graph: GraphBuilder,
  transformer: FittedTransformer<Takes, Transformed>,
  x: Value,
): Value {
  if (transformer.kind === 'pipeline' && 'steps' in transformer) {
    const steps = transformer.steps as readonly FittedTransformer<Takes, Transformed>[]
    return steps.reduce((value, step) => emitPreprocessing(graph, step, value), x)
  }
  const clip = 'clip' in transformer.options && transformer.options.clip === true
  if (!AFFINE.includes(transformer.kind) || clip) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `toOnnx: the preprocessing ${transformer.kind}${clip ? ' with clip' : ''} has no form in ONNX here; only ${AFFINE.join(', ')} and pipelines of them. Leave it out, and transform the inputs before.`,
      { kind: transformer.kind },
    )
  }
  const [width = 0] = x.shape
  const column = (value: number): Float64Array =>
    Float64Array.from(
      (transformer as FittedScaler).transform({ shape: [1, width], data: new Float64Array(width).fill(value) }).data,
    )
  const [atZero, atOne] = [column(0), column(1)]
  const scale = atOne.map((y, j) => y - atZero[j]!)
  // A column that was constant has the scale 0 and keeps its offset. For others, taking the center away first keeps float32 exact
  // where the center is large.
  const center = scale.map((s, j) => (s === 0 ? 0 : -atZero[j]! / s))
  const offset = scale.map((s, j) => (s === 0 ? atZero[j]! : 0))
  const centered = graph.node('Sub', [x.name, graph.floats(center, [width])])
  const scaled = graph.node('Mul', [centered, graph.floats(scale, [width])])
  return {
    name: offset.some((o) => o !== 0) ? graph.node('Add', [scaled, graph.floats(offset, [width])]) : scaled,
    shape: x.shape,
  }
}
