import type { Lab } from './lab.js'

interface Entry {
  readonly id: string
  /** Of the chapter; none for labs that go past it. */
  readonly section: string
  readonly load: () => Promise<{ readonly default: Lab }>
}

/** Every lab, in the order of the chapter. A lab's title stands in app/messages.ts under `lab.<id>`. */
export const LABS = [
  { id: 'approximation', section: '4.1', load: () => import('./approximation/index.js') },
  { id: 'graph', section: '4.2.0–4.2.3', load: () => import('./graph/index.js') },
  { id: 'activations', section: '4.2.4', load: () => import('./activations/index.js') },
  { id: 'scaling', section: '4.3.1', load: () => import('./scaling/index.js') },
  { id: 'losses', section: '4.3.3', load: () => import('./losses/index.js') },
  { id: 'backprop', section: '4.3.4', load: () => import('./backprop/index.js') },
  { id: 'optimizers', section: '4.3.4', load: () => import('./optimizers/index.js') },
  { id: 'batches', section: '4.4', load: () => import('./batches/index.js') },
  { id: 'hyperparameters', section: '4.5', load: () => import('./hyperparameters/index.js') },
  { id: 'playground', section: '4.2–4.5', load: () => import('./playground/index.js') },
  { id: 'digits', section: '4.2.3', load: () => import('./digits/index.js') },
  { id: 'own-data', section: '4.3', load: () => import('./own-data/index.js') },
] as const satisfies readonly Entry[]

export type LabId = (typeof LABS)[number]['id']
