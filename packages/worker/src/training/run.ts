import { NeuriteError, type Backend } from '@neurite/core'
import { having } from '@neurite/core/arguments'
import type { Layer } from '@neurite/nn'
import type { BatchSource, Dataset, FitEvent, FitResult } from '@neurite/train'
import type { Remote } from '../connect.js'
import { failureOf } from '../failure.js'
import { unpackTree } from './numbers.js'
import { packFit, type Fit } from './pack.js'
import { pageBackend } from './page-backend.js'
import type { PackedResult, TrainingTasks } from './tasks.js'

/** A training that the worker is to run. */
export interface RemoteRun {
  readonly remote: Remote<TrainingTasks>
  /** The name of the worker's backend; undefined: its first. */
  readonly backend: string | undefined
  /** Tells this training from others of the worker. */
  readonly run: number
}

const aModel = /* @__PURE__ */ having<Layer>('a layer, such as sequential([...])', 'forward', 'init')

/** `fit`: the events are told to whom the options name, and the last has the result. */
export async function fitRemotely(
  where: RemoteRun,
  model: Layer,
  data: Dataset | BatchSource,
  options: Fit,
): Promise<FitResult> {
  for await (const event of trainRemotely(where, model, data, options, false))
    if (event.kind === 'end') return event.result
  throw new NeuriteError('WORKER_FAILED', 'fit: the worker ended the training without a result.')
}

/** `fitEvents`. */
export async function* trainRemotely(
  { remote, backend: workerBackend, run }: RemoteRun,
  model: Layer,
  data: Dataset | BatchSource,
  options: Fit,
  iterations: boolean,
): AsyncGenerator<FitEvent, void, undefined> {
  const { signal, onIteration, onEpoch, onWarning } = options
  aModel('fit', 'the model', model)
  const refuseAborted = (): void => {
    if (signal?.aborted === true)
      throw new NeuriteError('ABORTED', 'fit: the signal was aborted before training began.', {}, signal.reason)
  }
  refuseAborted()
  const backend = pageBackend(options.backend, options.params, ...rowsOf(data))
  const packed = await packFit('fit', model, data, options)
  refuseAborted()
  // Not the stream's own signal, which would leave the training at once: what was learned is kept.
  const stop = (): void =>
    // Where the worker is no more, the training has heard of it.
    void remote.call('stop', { run, reason: failureOf(signal?.reason) }).catch(() => undefined)
  signal?.addEventListener('abort', stop)
  try {
    const args = { ...packed, backend: workerBackend, run, iterations: iterations || onIteration !== undefined }
    for await (const event of remote.stream('fit', args)) {
      if (event.kind === 'warning') onWarning(event.message)
      else if (event.kind === 'end') yield { kind: 'end', result: unpackResult(event.result, backend) }
      else if (event.kind === 'epoch') {
        const { kind: _, ...told } = event
        await onEpoch?.(told)
        yield event
      } else {
        const { kind: _, ...told } = event
        await onIteration?.(told)
        if (iterations) yield event
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** What of the data may be tensors. */
function rowsOf(data: Dataset | BatchSource): readonly unknown[] {
  return typeof data === 'object' && data !== null && 'x' in data ? [data.x, data.y] : []
}

function unpackResult({ trees, ...rest }: PackedResult, backend: Backend): FitResult {
  const { params, state, optimizerState } = trees
  return {
    ...rest,
    params: unpackTree(params, backend),
    state: unpackTree(state, backend),
    optimizerState: unpackTree(optimizerState, backend),
  }
}
