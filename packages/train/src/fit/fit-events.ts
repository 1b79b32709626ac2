import { disposeTree, type Tree } from '@neurite/core'
import type { Layer, ParamsOf, StateOf } from '@neurite/nn'
import type { Callback, EpochEvent, IterationEvent } from '../callbacks/callback.js'
import type { Metric } from '../metrics/metric.js'
import type { Dataset } from './data.js'
import { fit, type FitResult } from './fit.js'
import type { FitOptions } from './options.js'
import type { BatchSource } from './source.js'

/** What {@link fitEvents} gives, in order; the last is the end. */
export type FitEvent<R = FitResult> =
  | ({ readonly kind: 'iteration' } & IterationEvent)
  | ({ readonly kind: 'epoch' } & EpochEvent)
  | { readonly kind: 'end'; readonly result: R }

/** Options of {@link fitEvents}: those of `fit`, and which events are wanted. */
export interface FitEventsOptions<
  P extends Tree,
  S extends Tree,
  O extends Tree,
  M extends Readonly<Record<string, Metric>>,
> extends FitOptions<P, S, O, M> {
  /** Whether steps are told too. Default false: epochs alone. */
  readonly iterations?: boolean
}

/**
 * `fit` as a stream of events: training goes on while the loop asks for more, and rests while it is busy. Leaving the loop
 * ends training and gives everything back; to keep what was learned, stop with a signal and take the result from the end.
 *
 * @param options - those of `fit`; `iterations` default false
 * @throws NeuriteError what `fit` throws, from the loop
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * import { fitEvents } from '@neurite/train'
 * const kinds: string[] = []
 * const options = { loss: mse, optimizer: sgd(), epochs: 2 }
 * for await (const event of fitEvents(sequential([dense(1)]), { x: [[0], [1]], y: [0, 1] }, options)) kinds.push(event.kind)
 * kinds // => ['epoch', 'epoch', 'end']
 * ```
 */
export function fitEvents<
  P extends Tree,
  S extends Tree,
  O extends Tree,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>,
>(
  model: Layer<P, S>,
  data: Dataset | BatchSource,
  options: FitEventsOptions<P, S, O, M>,
): AsyncGenerator<FitEvent<FitResult<P, S, O, keyof M & string>>, void, undefined>
/** For a model that is one of several types, as in {@link fit}. */
export function fitEvents<
  L extends Layer,
  O extends Tree,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>,
>(
  model: L,
  data: Dataset | BatchSource,
  options: FitEventsOptions<ParamsOf<L>, StateOf<L>, O, M>,
): AsyncGenerator<FitEvent<FitResult<ParamsOf<L>, StateOf<L>, O, keyof M & string>>, void, undefined>
export async function* fitEvents(
  model: Layer,
  data: Dataset | BatchSource,
  options: FitEventsOptions<Tree, Tree, Tree, Readonly<Record<string, Metric>>>,
): AsyncGenerator<FitEvent, void, undefined> {
  const { iterations = false, ...rest } = options
  const { offer, next, close } = handOver<FitEvent>()
  let left = false
  const teller: Callback = {
    name: 'fitEvents',
    async onEpochEnd(event, run) {
      await offer({ kind: 'epoch', ...event })
      if (left) run.stop('fitEvents')
    },
    ...(iterations && {
      onIteration: async (event, run) => {
        await offer({ kind: 'iteration', ...event })
        if (left) run.stop('fitEvents')
      },
    }),
  }
  const training = fit(model, data, { ...rest, callbacks: [...(rest.callbacks ?? []), teller] }).finally(close)
  // Awaited below; until then a failure is not unhandled.
  training.catch(() => undefined)
  let ended = false
  try {
    for (let event = await next(); event !== undefined; event = await next()) yield event
    const result = await training
    ended = true
    yield { kind: 'end', result }
  } finally {
    if (!ended) {
      left = true
      close()
      await training.then(disposeTree, () => undefined)
    }
  }
}

/** One value at a time from a producer, who waits until it is asked for the next. */
function handOver<T>(): { offer(value: T): Promise<void>; next(): Promise<T | undefined>; close(): void } {
  let closed = false
  let waiting: ((value: T | undefined) => void) | undefined
  let offered: { readonly value: T } | undefined
  let resume: (() => void) | undefined
  return {
    offer(value) {
      if (closed) return Promise.resolve()
      if (waiting !== undefined) waiting(value)
      else offered = { value }
      waiting = undefined
      return new Promise((resolve) => {
        resume = resolve
      })
    },
    next() {
      // A value that is still here was never taken: give it before the producer goes on.
      if (offered !== undefined) {
        const { value } = offered
        offered = undefined
        return Promise.resolve(value)
      }
      resume?.()
      resume = undefined
      return closed ? Promise.resolve(undefined) : new Promise((resolve) => (waiting = resolve))
    },
    close() {
      closed = true
      waiting?.(undefined)
      waiting = undefined
      resume?.()
      resume = undefined
    },
  }
}
