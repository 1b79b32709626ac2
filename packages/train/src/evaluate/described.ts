import type { Loss } from '@neurite/losses'

/** What a loss says of the targets and predictions it takes; a plain function says nothing. */
export interface Described {
  readonly targets?: 'indices' | 'rows' | 'values'
  readonly expects?: 'logits' | 'probabilities' | 'values'
}

// LEAD: until losses say `targets` and `expects` themselves. Then delete this file, and read both off the loss.
export const describe = ({ kind, options }: Partial<Pick<Loss, 'kind' | 'options'>>): Described =>
  kind === undefined ? {} : { targets: kind === 'sparseCrossEntropy' ? 'indices' : /^(crossE|focalC|klD)/.test(kind) ? 'rows' : 'values', expects: options?.fromLogits === true ? 'logits' : /(CrossEntropy|^crossEntropy|klDivergence)$/.test(kind) ? 'probabilities' : 'values' } // prettier-ignore
