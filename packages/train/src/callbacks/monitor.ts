import { checkArgument, NeuriteError, type Json } from '@neurite/core'
import { aString, either, number, oneOf, optional, or, readOptions, whole, type ReadBy } from '@neurite/core/arguments'
import { orNull } from '../checkpoint/or-null.js'
import type { EpochEvent, Run } from './callback.js'

/** Options of callbacks that watch one value. */
export interface MonitorOptions {
  /** Which of an epoch's values is watched. Default 'valLoss'. */
  readonly monitor?: string
  /** How many epochs without improvement are borne, at least 1. Default 10. */
  readonly patience?: number
  /** By how much a value must be better than the best to count. Default 0. */
  readonly minDelta?: number
  /** Whether the least or the greatest value is best. Default: known for losses and for this package's metrics. */
  readonly mode?: 'min' | 'max'
}

/** A reader for each of {@link MonitorOptions}. */
export const monitorReaders = () => ({
  monitor: or('valLoss', aString),
  patience: or(10, whole(1)),
  minDelta: or(0, number('[0, Infinity)')),
  mode: optional(oneOf('min', 'max')),
})

type Watch = ReadBy<ReturnType<typeof monitorReaders>>

/** Watches a value for improvement. */
export class Monitor {
  readonly #where: string
  readonly #options: Watch
  #sign: 1 | -1 = 1
  #best: number | undefined
  /** Epochs since the last improvement. */
  waited = 0

  constructor(where: string, options: Watch) {
    this.#where = where
    this.#options = options
  }

  /** @throws NeuriteError `INVALID_ARGUMENT` if the run does not measure the value */
  begin({ measured }: Run): void {
    const { monitor, mode } = this.#options
    if (!Object.hasOwn(measured, monitor)) {
      const hint = monitor.startsWith('val') ? ' Give fit a validation share or data' : ' Give fit the metric'
      const message = `${this.#where}: monitor is '${monitor}', which this run does not measure; it measures ${Object.keys(measured).join(', ')}.${hint}, or choose another monitor.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { monitor, measured: Object.keys(measured) })
    }
    const best = mode ?? measured[monitor]
    checkArgument(
      best !== undefined,
      () =>
        `${this.#where}: nothing says whether the least or the greatest ${monitor} is best; pass mode: 'min' or 'max'.`,
      { monitor },
    )
    this.#sign = best === 'max' ? 1 : -1
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

  save(): { readonly best: number | string | null; readonly waited: number } {
    const best = this.#best ?? null
    // JSON has no infinite numbers.
    return { best: best === null || Number.isFinite(best) ? best : String(best), waited: this.waited }
  }

  load(data: Json): void {
    const { best, waited } = readOptions(this.#where, data as object as ReturnType<Monitor['save']>, {
      best: orNull(either('a number', number(), oneOf('Infinity', '-Infinity'))),
      waited: whole(0),
    })
    this.#best = best === null ? undefined : Number(best)
    this.waited = waited
  }
}
