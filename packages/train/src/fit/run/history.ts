/**
 * What was measured, epoch by epoch: plain data, to be plotted or kept as JSON. Names are those of Keras in camel case:
 * `loss`, `valLoss`, and for a metric `accuracy` its values on the training rows (`accuracy`) and on the validation rows
 * (`valAccuracy`).
 */
export type History = OwnHistory & { readonly [metric: string]: readonly number[] }

/** History with the metrics' names known: any other name is an error of TypeScript. */
export type HistoryOf<Names extends string> = OwnHistory & {
  readonly [Name in Names | `val${Capitalize<Names>}`]: readonly number[]
}

/** What every history has. */
export type OwnHistory = {
  /** The mean over the epoch's batches, each before its update: what training minimized. */
  readonly loss: readonly number[]
  /** On the validation rows, after the epoch; empty without validation. */
  readonly valLoss: readonly number[]
  /** In the epoch's first step, where the optimizer tells it. */
  readonly learningRate: readonly number[]
  readonly seconds: readonly number[]
}

const OWN_NAMES = ['loss', 'valLoss', 'learningRate', 'seconds']

/** The name of a metric's values on validation rows. */
export function validationName(name: string): string {
  return `val${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** Whether a metric may have this name: none that the history itself uses. */
export function isReserved(name: string): boolean {
  return OWN_NAMES.includes(name)
}

/** A history to be filled. */
export function emptyHistory(
  metrics: readonly string[],
): Record<string, number[]> & { loss: number[]; valLoss: number[]; learningRate: number[]; seconds: number[] } {
  const names = metrics.flatMap((name) => [name, validationName(name)])
  return {
    loss: [],
    valLoss: [],
    learningRate: [],
    seconds: [],
    ...Object.fromEntries(names.map((name) => [name, []])),
  }
}
