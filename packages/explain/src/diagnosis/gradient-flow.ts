import { disposeTree, grad, isTensor, tensorsIn, tidy, type ArraySource, type Tensor, type Tree } from '@neurite/core'
import { aFunction, asGiven, readOptions, aModelTree, optional } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import { activationOf } from '../network/leaves.js'
import { probed } from '../network/probe.js'
import { toTensor } from '../network/to-tensor.js'
import { slopesOf } from './activation-slopes.js'

/** What a layer's gradients are like. */
export type FlowVerdict = 'healthy' | 'vanishing' | 'exploding' | 'dying'

/** Where {@link gradientFlow} draws its lines. */
export const FLOW_THRESHOLDS = {
  /** A layer's gradients vanish if their norm is below this share of the largest norm in a later layer. */
  vanishingRatio: 1e-4,
  /** They explode if their norm is beyond this many times the last layer's, or beyond `explodingNorm`, or not finite. */
  explodingRatio: 1e4,
  explodingNorm: 1e6,
  /** A layer is dying if this share of its units is dead. */
  deadShare: 0.5,
  /** A unit is saturated if its mean |phi'| is below this share of the largest |phi'|, for a phi that is flat on both sides. */
  saturatedSlope: 0.1,
} as const

/** The flow of gradients through one layer. */
export interface LayerFlow {
  /** Where its params are, as in `summary`: `[1]`. */
  readonly path: string
  readonly layer: string
  /** The activation's name, `custom` for a function without one; undefined for a layer without. */
  readonly activation: string | undefined
  /** The Euclidean norm of the loss's gradient by its params; undefined for a layer without params. */
  readonly gradientNorm: number | undefined
  /** Mean |phi'| over the batch and all units; undefined for softmax and where there is no activation to look at. */
  readonly meanSlope: number | undefined
  /** The share of units whose phi' is 0 on the whole batch: no gradient reaches their weights (dying ReLU). */
  readonly deadShare: number | undefined
  /** The share of units that are saturated: phi is flat where they are. */
  readonly saturatedShare: number | undefined
  readonly verdict: FlowVerdict
}

/** What {@link gradientFlow} finds: plain data. */
export interface GradientFlow {
  readonly layers: readonly LayerFlow[]
  /** The worst of the layers': exploding, then dying, then vanishing. */
  readonly verdict: FlowVerdict
  /** What was found and what helps, in a sentence. */
  readonly message: string
}

/**
 * How gradients flow through a network on one batch: whether they vanish on the way back through saturated activations,
 * explode, or die in ReLU units that are never on (chapter 4.2.4.a). The lines are drawn at {@link FLOW_THRESHOLDS}.
 *
 * @param batch - `x` of shape [batch, ...], and `y` as the loss takes it: tensors, nested arrays or anything else that holds numbers
 * @param options - `state`: running statistics, for models with `batchNorm`
 * @throws NeuriteError `NOT_INITIALIZED`, `SHAPE_MISMATCH`, ... as model and loss do, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { gradientFlow } from '@neurite/explain'
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { constant } from '@neurite/nn/initializers'
 * const model = sequential([dense(4, { activation: 'relu', biasInitializer: constant(-10) }), dense(1)])
 * const { params } = model.init({ inputShape: [2] })
 * const flow = await gradientFlow(model, params, { x: [[1, 0], [0, 1]], y: [[1], [0]] }, mse)
 * flow.verdict // => 'dying'
 * flow.layers[0]!.deadShare // => 1
 * ```
 */
export async function gradientFlow(
  model: Layer,
  params: Tree,
  batch: { readonly x: ArraySource; readonly y: ArraySource },
  loss: Loss,
  options: { readonly state?: Tree } = {},
): Promise<GradientFlow> {
  const { state } = readOptions('gradientFlow', options, { state: optional(aModelTree) })
  const given = readOptions('gradientFlow: batch', batch, { x: asGiven<ArraySource>, y: asGiven<ArraySource> })
  aModelTree('gradientFlow', 'params', params)
  aFunction('gradientFlow', 'loss', loss)
  const applyOptions = state === undefined ? {} : { state }
  const measured = tidy(() => {
    const [x, y] = [toTensor('gradientFlow: x', given.x, params), toTensor('gradientFlow: y', given.y, params)]
    const gradients = grad((p: Tree) => loss(model.apply(p, x, applyOptions), y))(params)
    const visits: { path: string; layer: Layer; slopes: ReturnType<typeof slopesOf>; gradients: Tensor[] }[] = []
    const seen = probed(model, (visit) =>
      visits.push({
        path: visit.path,
        layer: visit.layer,
        slopes: slopesOf(visit),
        gradients: tensorsIn(at(gradients, visit.path)),
      }),
    )
    seen.apply(params, x, applyOptions)
    // A layer is no tree of tensors: what is to be kept stands in plain data.
    return visits.map(({ layer, ...rest }) => ({ ...rest, name: layer.name, activation: activationOf(layer) }))
  })
  try {
    const layers = []
    for (const { path, name, activation, slopes, gradients } of measured) {
      layers.push({
        path,
        layer: name,
        activation,
        gradientNorm: gradients.length === 0 ? undefined : await normOf(gradients),
        ...(slopes === undefined
          ? { meanSlope: undefined, deadShare: undefined, saturatedShare: undefined }
          : await shares(slopes)),
      })
    }
    return judge(layers)
  } finally {
    disposeTree(measured)
  }
}

/** The part of a tree at a path such as `[1][0]`. */
function at(tree: Tree, path: string): Tree {
  return [...path.matchAll(/\[(\d+)\]/g)].reduce<Tree>(
    (part, [, index]) => (isTensor(part) ? part : (part as readonly Tree[])[Number(index)]!),
    tree,
  )
}

async function normOf(gradients: readonly Tensor[]): Promise<number> {
  let squares = 0
  for (const gradient of gradients) for (const value of await gradient.data()) squares += value * value
  return Math.sqrt(squares)
}

async function shares(slopes: NonNullable<ReturnType<typeof slopesOf>>) {
  const perUnit = Float64Array.from(await slopes.perUnit.data())
  const largest = Float64Array.from(await slopes.largestPerUnit.data())
  const reference = Float64Array.from(await slopes.reference.data())
  const steepest = Math.max(...reference)
  // Flat on both sides: sigmoid and its kin. A ReLU that is off is dead, not saturated; a leaky one is neither.
  const flat = Math.max(reference.at(-1)!, reference.at(-2)!) < 0.01 * steepest
  const share = (data: Float64Array, test: (value: number) => boolean): number =>
    data.reduce((count, value) => count + (test(value) ? 1 : 0), 0) / data.length
  return {
    meanSlope: perUnit.reduce((total, value) => total + value, 0) / perUnit.length,
    deadShare: share(largest, (value) => value === 0),
    saturatedShare: flat ? share(perUnit, (value) => value < FLOW_THRESHOLDS.saturatedSlope * steepest) : 0,
  }
}

function judge(layers: readonly Omit<LayerFlow, 'verdict'>[]): GradientFlow {
  const { vanishingRatio, explodingRatio, explodingNorm, deadShare } = FLOW_THRESHOLDS
  const last = layers.reduce((before, { gradientNorm }) => gradientNorm ?? before, 0)
  const judged = layers.map((layer, i): LayerFlow => {
    const { gradientNorm: norm } = layer
    const later = Math.max(0, ...layers.slice(i + 1).map(({ gradientNorm }) => gradientNorm ?? 0))
    if (norm !== undefined && !(norm <= explodingNorm && (last === 0 || norm <= explodingRatio * last)))
      return { ...layer, verdict: 'exploding' }
    if (layer.deadShare !== undefined && layer.deadShare >= deadShare) return { ...layer, verdict: 'dying' }
    if (norm !== undefined && norm < vanishingRatio * later) return { ...layer, verdict: 'vanishing' }
    return { ...layer, verdict: 'healthy' }
  })
  const verdict =
    (['exploding', 'dying', 'vanishing'] as const).find((kind) => judged.some((layer) => layer.verdict === kind)) ??
    'healthy'
  const first = judged.find((layer) => layer.verdict === verdict)
  const place = first === undefined ? '' : `layer ${first.path === '' ? first.layer : `${first.path} ${first.layer}`}`
  return { layers: judged, verdict, message: MESSAGES[verdict](place, first) }
}

const MESSAGES: Readonly<Record<FlowVerdict, (place: string, layer: LayerFlow | undefined) => string>> = {
  healthy: () => 'Gradients reach every layer.',
  vanishing: (place, layer) =>
    `Gradients vanish at ${place}: their norm is ${layer!.gradientNorm!.toPrecision(3)}. Use relu and its kin with He initialization, fewer layers, batchNorm or residual.`,
  exploding: (place, layer) =>
    `Gradients explode at ${place}: their norm is ${layer!.gradientNorm!.toPrecision(3)}. Use smaller initial weights, clipByGlobalNorm, batchNorm, or scale the features.`,
  dying: (place, layer) =>
    `Units die at ${place}: ${Math.round(100 * layer!.deadShare!)}% of them are off on the whole batch. Use leakyRelu, larger biases, or a smaller learning rate.`,
}
