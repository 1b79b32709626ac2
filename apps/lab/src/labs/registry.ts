import { language } from '../i18n/language.js'
import type { Card, Lab } from './lab.js'

/** Every lab by the name of its folder, in the order of the chapter. */
const IDS = [
  'approximation',
  'graph',
  'activations',
  'scaling',
  'losses',
  'backprop',
  'optimizers',
  'batches',
  'hyperparameters',
  'playground',
  'digits',
  'own-data',
] as const

export type LabId = (typeof IDS)[number]

const cards = import.meta.glob<Card>('./*/card.tsx', { import: 'card', eager: true })
const labs = import.meta.glob<Lab>('./*/index.ts', { import: 'default' })

export interface Entry extends Card {
  readonly id: LabId
  readonly load: () => Promise<Lab>
}

export const LABS: readonly Entry[] = IDS.map((id) => ({
  id,
  ...cards[`./${id}/card.tsx`]!,
  load: labs[`./${id}/index.ts`]!,
}))

export const entryOf = (id: LabId): Entry => LABS.find((entry) => entry.id === id)!

/** A lab's title in the page's language. */
export const titleOf = (id: LabId): string => entryOf(id).title[language.value]
