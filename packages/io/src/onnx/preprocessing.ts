import { NeuriteError } from '@neurite/core'
import type { ColumnScaling, FittedTransformer, Takes, Transformed } from '@neurite/data'
import type { GraphBuilder, Value } from './builder.js'

type Fitted = FittedTransformer<Takes, Transformed>

/**
 * Adds fitted scalers to the graph.
 *
 * @throws NeuriteError `NOT_SUPPORTED` for a transformer that is not affine in each column
 */
export function emitPreprocessing(graph: GraphBuilder, transformer: Fitted, x: Value): Value {
  const steps = stepsOf(transformer)
  if (steps !== undefined) return steps.reduce((value, step) => emitPreprocessing(graph, step, value), x)
  const scaling = scalingOf(transformer)
  const clip = 'clip' in transformer.options && transformer.options.clip === true
  if (scaling === undefined || clip) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `toOnnx: the preprocessing ${transformer.kind}${clip ? ' with clip' : ''} has no form in ONNX here; only standardScaler, minMaxScaler, robustScaler, maxAbsScaler and pipelines of them. Leave it out, and transform the inputs before.`,
      { kind: transformer.kind },
    )
  }
  const dims = [scaling.length]
  const centered = graph.minus(
    x.name,
    scaling.map(({ shift }) => shift),
    dims,
  )
  const factors = scaling.map(({ divisor, gain }) => gain / divisor)
  const scaled = graph.node('Mul', [centered, graph.floats(factors, dims)])
  const offsets = scaling.map(({ offset }) => offset)
  const name = offsets.some((o) => o !== 0) ? graph.node('Add', [scaled, graph.floats(offsets, dims)]) : scaled
  return { name, shape: x.shape }
}

/** How the columns are scaled that come first; undefined for what is no scaler. */
export function firstScaling(transformer: Fitted | undefined): readonly ColumnScaling[] | undefined {
  if (transformer === undefined) return undefined
  return scalingOf(transformer) ?? firstScaling(stepsOf(transformer)?.[0])
}

function stepsOf(transformer: Fitted): readonly Fitted[] | undefined {
  return 'steps' in transformer ? (transformer.steps as readonly Fitted[]) : undefined
}

function scalingOf(transformer: Fitted): readonly ColumnScaling[] | undefined {
  return 'scaling' in transformer ? (transformer.scaling as readonly ColumnScaling[]) : undefined
}
