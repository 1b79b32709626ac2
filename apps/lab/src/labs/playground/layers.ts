import type { ActivationName } from '@neurite/nn'
import type { Field } from '../../state/fields.js'

/** Activations of hidden layers, the chapter's first (4.2.4). */
export const ACTIVATIONS = [
  'tanh',
  'relu',
  'sigmoid',
  'identity',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'softplus',
  'softsign',
  'mish',
] as const satisfies readonly ActivationName[]
export type HiddenActivation = (typeof ACTIVATIONS)[number]

export const PENALTIES = ['none', 'l1', 'l2'] as const
export type PenaltyName = (typeof PENALTIES)[number]

/** A hidden layer with everything that is its own. */
export interface HiddenLayer {
  readonly units: number
  readonly activation: HiddenActivation
  /** The share of its outputs that dropout leaves out while training. */
  readonly dropout: number
  readonly penalty: PenaltyName
  readonly strength: number
}

export const MOST_LAYERS = 8
export const MOST_UNITS = 64
export const MOST_DROPOUT = 0.9
export const STRENGTHS = { min: 0.00001, max: 1, initial: 0.001 } as const

export const hidden = (units: number, rest: Partial<HiddenLayer> = {}): HiddenLayer => ({
  units,
  activation: 'tanh',
  dropout: 0,
  penalty: 'none',
  strength: STRENGTHS.initial,
  ...rest,
})

const LAYER = /^(\d{1,2})-([a-zA-Z]{2,12})(?:-d(0?\.\d{1,3}))?(?:-(l1|l2)-(\d?\.\d{1,6}|1|\d?e-\d))?$/

function parseLayer(text: string): HiddenLayer | undefined {
  const [, units, name, dropout = '0', penalty = 'none', strength] = LAYER.exec(text) ?? []
  const activation = ACTIVATIONS.find((known) => known === name)
  const layer = {
    units: Number(units),
    dropout: Number(dropout),
    strength: strength === undefined ? STRENGTHS.initial : Number(strength),
  }
  const fits =
    layer.units >= 1 &&
    layer.units <= MOST_UNITS &&
    layer.dropout <= MOST_DROPOUT &&
    layer.strength >= STRENGTHS.min &&
    layer.strength <= STRENGTHS.max
  if (activation === undefined || !fits) return undefined
  return { ...layer, activation, penalty: PENALTIES.find((known) => known === penalty) ?? 'none' }
}

function formatLayer({ units, activation, dropout, penalty, strength }: HiddenLayer): string {
  const parts = [String(units), activation]
  if (dropout > 0) parts.push(`d${dropout.toFixed(2)}`)
  if (penalty !== 'none') parts.push(penalty, strength.toFixed(6).replace(/0+$/, '').replace(/\.$/, ''))
  return parts.join('-')
}

/** Hidden layers in a link: `4-tanh_8-relu-d0.20-l2-0.001`. */
export function layersField(initial: readonly HiddenLayer[]): Field<readonly HiddenLayer[]> {
  return {
    initial,
    parse(text) {
      if (text === '') return []
      const layers = text.slice(0, 400).split('_').map(parseLayer)
      return layers.length <= MOST_LAYERS && layers.every((layer) => layer !== undefined) ? layers : undefined
    },
    format: (layers) => layers.map(formatLayer).join('_'),
  }
}
