import { checkArgument, NeuriteError, type Json } from '@neurite/core'
import type { EpochEvent, Run } from './callback.js'

/** Options of callbacks that watch one value. */
export interface MonitorOptions {
  /** Which of an epoch's values is watched. Default 'valLoss'. */
  readonly monitor?: string
  /** How many epochs without improvement are borne. At least 1. */
  readonly patience?: number
  /** By how much a value must be better than the best to count. Default 0. */
  readonly minDelta?: number
  /** Which way is better. Default: known for losses and for this package's metrics. */
  readonly mode?: 'min' | 'max'
}

/** Watches a value for improvement. */
export class Monitor {
  readonly #where: string
  readonly #options: Required<Omit<MonitorOptions, 'mode'>> & Pick<MonitorOptions, 'mode'>
  #sign: 1 | -1 = 1
  #best: number | undefined
  /** Epochs since the last improvement. */
  waited = 0

  constructor(where: string, { monitor = 'valLoss', patience = 10, minDelta = 0, mode }: MonitorOptions) {
    checkArgument(
      Number.isInteger(patience) && patience >= 1,
      () => `${where}: patience must be a whole number >= 1, got ${String(patience)}.`,
      { patience },
    )
    checkArgument(
      minDelta >= 0 && Number.isFinite(minDelta),
      () => `${where}: minDelta must be a number >= 0, got ${String(minDelta)}.`,
      { minDelta },
    )
    checkArgument(
      mode === undefined || mode === 'max' || mode === 'min',
      () => `${where}: mode must be 'max' or 'min', got '${String(mode)}'.`,
      { mode },
    )
    this.#where = where
    this.#options = { monitor, patience, minDelta, ...(mode === undefined ? {} : { mode }) }
  }

  /** @throws NeuriteError `INVALID_ARGUMENT` if the run does not measure the value */
  begin({ measured }: Run): void {
    const { monitor, mode } = this.#options
    if (!Object.hasOwn(measured, monitor)) {
      const hint = monitor.startsWith('val') ? ' Give fit a validation share or data' : ' Give fit the metric'
      const message = `${this.#where}: monitor is '${monitor}', which this run does not measure; it measures ${Object.keys(measured).join(', ')}.${hint}, or choose another monitor.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { monitor, measured: Object.keys(measured) })
    }
    const direction = mode ?? measured[monitor]
    checkArgument(
      direction !== undefined,
      () => `${this.#where}: nothing says whether a higher or a lower ${monitor} is better; pass mode: 'max' or 'min'.`,
      { monitor },
    )
    this.#sign = direction === 'max' ? 1 : -1
    this.#best = undefined
    this.waited = 0
  }

  /** Whether the epoch's value is the best so far. */
  improves({ values }: EpochEvent): boolean {
    const value = this.#sign * values[this.#options.monitor]!
    // NaN is never better.
    const better = this.#best === undefined ? !Number.isNaN(value) : value > this.#best + this.#options.minDelta
    if (better) this.#best = value
    this.waited = better ? 0 : this.waited + 1
    return better
  }

  get exhausted(): boolean {
    return this.waited >= this.#options.patience
  }

  save(): { readonly best: number | null; readonly waited: number } {
    return { best: this.#best ?? null, waited: this.waited }
  }

  load(data: Json): void {
    const { best, waited } = data as { best: number | null; waited: number }
    this.#best = best ?? undefined
    this.waited = waited
  }
}
