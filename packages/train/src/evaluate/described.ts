import type { Loss } from '@neurite/losses'

/** What a loss says of the targets and predictions it takes; a plain function says nothing. */
export interface Described {
  readonly targets?: 'indices' | 'rows' | 'values'
  readonly expects?: 'logits' | 'probabilities' | 'values'
}

const ROWS = ['crossEntropy', 'focalCrossEntropy', 'klDivergence']

// LEAD: until losses say `targets` and `expects` themselves. Then delete this file, and read both off the loss.
export function describe({ kind, options }: Partial<Pick<Loss, 'kind' | 'options'>>): Described {
  if (kind === undefined) return {}
  const targets = ROWS.includes(kind) ? 'rows' : kind === 'sparseCrossEntropy' ? 'indices' : 'values'
  if (options?.fromLogits === true) return { targets, expects: 'logits' }
  return { targets, expects: targets !== 'values' || kind === 'binaryCrossEntropy' ? 'probabilities' : 'values' }
}
