import type { Training, Workload } from '../workloads/workload.js'

/** Whether a workload is W1's step, whatever its batch: what is written by hand can do nothing else. */
export function isTiny(workload: Workload): workload is Training {
  return (
    workload.kind === 'training' &&
    workload.loss === 'mse' &&
    workload.optimizer.kind === 'sgd' &&
    workload.inputShape.join() === '2' &&
    workload.layers.map((layer) => (layer.kind === 'dense' ? `${layer.units}${layer.activation ?? ''}` : '')).join() ===
      '8tanh,8tanh,1'
  )
}
