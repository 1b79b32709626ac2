import { checkArgument } from '@neurite/core'
import { number, or, readOptions } from '@neurite/core/arguments'
import type { Callback } from './callback.js'
import { Monitor, monitorReaders, type MonitorOptions } from './monitor.js'

/** Options of {@link reduceOnPlateau}. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** The rate is multiplied by this, in (0, 1). Default 0.1. */
  readonly factor?: number
  /** The rate never goes below this. Default 0. */
  readonly minLearningRate?: number
}

/**
 * Lowers the learning rate when a value has not improved for `patience` epochs (default 10). The rate lives in the
 * optimizer's state, so nothing is compiled anew; the optimizer must be made with `adjustableLearningRate`.
 *
 * @param options - `monitor` default 'valLoss', `factor` default 0.1, `patience` default 10, `minDelta` default 0,
 * `minLearningRate` default 0, `mode`
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from fit, `INVALID_ARGUMENT` if the monitor is not measured
 * or the rate is not adjustable
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adjustableLearningRate, sgd } from '@neurite/optimizers'
 * import { fit, reduceOnPlateau } from '@neurite/train'
 * const { history } = await fit(sequential([dense(1)]), { x: [[0], [1], [2], [3]], y: [1, 0, 1, 0] }, {
 *   loss: mse, optimizer: sgd({ learningRate: adjustableLearningRate(0.125) }), epochs: 100,
 *   callbacks: [reduceOnPlateau({ monitor: 'loss', factor: 0.5, patience: 5, minDelta: 1e-3 })],
 * })
 * history.learningRate.at(0) // => 0.125
 * history.learningRate.at(-1)! < 0.125 // => true
 * ```
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  const { factor, minLearningRate, ...watch } = readOptions('reduceOnPlateau', options, {
    ...monitorReaders(),
    factor: or(0.1, number('(0, 1)')),
    minLearningRate: or(0, number('[0, Infinity)')),
  })
  const monitor = new Monitor('reduceOnPlateau', watch)
  return {
    name: 'reduceOnPlateau',
    config: { kind: 'reduceOnPlateau', ...watch, factor, minLearningRate },
    onTrainBegin(run) {
      monitor.begin(run)
      // Refuses a rate that is fixed now, not at the first plateau hours later.
      checkArgument(
        run.adjustable,
        () =>
          'reduceOnPlateau: the learning rate is fixed; make the optimizer with learningRate: adjustableLearningRate(value).',
      )
    },
    onEpochEnd(event, run) {
      if (monitor.improves(event) || !monitor.exhausted) return
      monitor.waited = 0
      const { learningRate } = event.values
      if (learningRate !== undefined && learningRate > minLearningRate)
        run.setLearningRate(Math.max(minLearningRate, learningRate * factor))
    },
    save: () => ({ data: monitor.save() }),
    load: ({ data }) => monitor.load(data),
  }
}
