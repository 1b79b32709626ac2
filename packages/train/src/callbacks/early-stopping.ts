import { disposeTree, type Json } from '@neurite/core'
import { aBoolean, anObject, aTree, or, readOptions, whole } from '@neurite/core/arguments'
import { orNull } from '../checkpoint/or-null.js'
import type { Callback, Snapshot } from './callback.js'
import { Monitor, monitorReaders, type MonitorOptions } from './monitor.js'

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Whether training ends with params and state of the best epoch, whatever ended it. Default true. */
  readonly restoreBest?: boolean
}

/**
 * Ends training when a value has not improved for `patience` epochs (default 10), and goes back to the params and state of
 * the best epoch: also when all epochs were run or the run was aborted, since a later epoch is not better for being last.
 *
 * @param options - `monitor` default 'valLoss', `patience` default 10, `minDelta` default 0, `mode`, `restoreBest` default true
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from fit, `INVALID_ARGUMENT` if the monitor is not measured
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * import { earlyStopping, fit } from '@neurite/train'
 * const model = sequential([dense(1)])
 * const data = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
 * const result = await fit(model, data, {
 *   loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 1000,
 *   callbacks: [earlyStopping({ monitor: 'loss', minDelta: 1e-3, patience: 5 })],
 * })
 * result.stoppedBy // => 'earlyStopping'
 * result.epochs < 200 // => true
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { restoreBest, ...watch } = readOptions('earlyStopping', options, {
    ...monitorReaders(),
    restoreBest: or(true, aBoolean),
  })
  const monitor = new Monitor('earlyStopping', watch)
  let best: Snapshot | undefined
  const replaceBest = (next: Snapshot | undefined): void => {
    if (best !== undefined) disposeTree([best.params, best.state])
    best = next
  }
  return {
    name: 'earlyStopping',
    config: { kind: 'earlyStopping', ...watch, restoreBest },
    onTrainBegin(run) {
      monitor.begin(run)
      replaceBest(undefined)
    },
    onEpochEnd(event, run) {
      if (monitor.improves(event)) {
        if (restoreBest) replaceBest(run.snapshot())
      } else if (monitor.exhausted) run.stop('earlyStopping')
    },
    onTrainEnd(run, error) {
      if (error !== undefined) replaceBest(undefined)
      else if (best !== undefined) run.restore(best)
      best = undefined
    },
    save: () => ({
      data: { ...monitor.save(), epoch: best?.epoch ?? null },
      ...(best === undefined ? {} : { tensors: { params: best.params, state: best.state } }),
    }),
    load({ data, tensors }) {
      const { epoch: found, ...watched } = anObject('earlyStopping', 'its memory', data) as Record<string, Json>
      monitor.load(watched)
      const epoch = orNull(whole(0))('earlyStopping', 'epoch', found)
      if (epoch === null) return disposeTree(tensors)
      const readers = { params: aTree, state: aTree }
      replaceBest({ epoch, ...readOptions('earlyStopping', tensors as Pick<Snapshot, 'params' | 'state'>, readers) })
    },
  }
}
