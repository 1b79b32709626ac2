import { checkArgument, type ArrayData } from '@neurite/core'
import type { Layer, Model } from '@neurite/nn'
import type { Target } from './target.js'

/** What the outputs of a classifier are. */
export type OutputKind = 'probabilities' | 'logits'

const KINDS: Readonly<Record<string, OutputKind>> = {
  softmax: 'probabilities',
  sigmoid: 'probabilities',
  identity: 'logits',
  linear: 'logits',
}

/** What a model's outputs are, by the activation that it ends with; undefined where that does not say it. */
export function outputKindOf(model: Model): OutputKind | undefined {
  const last = lastOf(model)
  const name = last?.config?.['activation'] ?? 'identity'
  return last && typeof name === 'string' && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
}

/** The last layer with an activation, where only such layers follow that keep the numbers as they are. */
function lastOf(layer: Layer): Layer | undefined {
  if (layer.activation !== undefined) return layer
  if (layer.wiring === 'chain') {
    const kept = ({ map, activation }: Layer): boolean =>
      activation === undefined && (map === 'identity' || map === 'reshape')
    const last = [...layer.layers!].reverse().find((part) => !kept(part))
    return last && lastOf(last)
  }
  if (layer.wiring === 'graph' && 'nodes' in layer) {
    const end = (layer.nodes as readonly { readonly kind: string; readonly layer?: Layer }[]).at(-1)
    return end?.layer && lastOf(end.layer)
  }
  return undefined
}

/**
 * The probability of each label, for each row.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a target without labels, or whose outputs are not known
 */
export function probabilitiesOf({ labels, threshold, outputs }: Target, { shape, data }: ArrayData): number[][] {
  checkArgument(labels !== undefined, () => 'predictProbabilities: the model has no labels; use outputs.')
  checkArgument(
    outputs !== undefined,
    () =>
      "predictProbabilities: the file does not say what its outputs are; save the model with outputs: 'probabilities' or 'logits'.",
  )
  const [rows = 0] = shape
  const width = data.length / rows
  return Array.from({ length: rows }, (_, i) => {
    const row = Array.from(data.subarray(i * width, (i + 1) * width))
    if (threshold === undefined) return outputs === 'logits' ? softmax(row) : row
    // Of one logit z the other class has the logit 0.
    return outputs === 'logits' ? softmax([0, row[0]!]) : [1 - row[0]!, row[0]!]
  })
}

function softmax(logits: readonly number[]): number[] {
  const greatest = Math.max(...logits)
  const parts = logits.map((logit) => Math.exp(logit - greatest))
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / total)
}
