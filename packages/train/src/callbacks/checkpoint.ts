import { having, optional, or, readOptions, takesNoOptions, whole } from '@neurite/core/arguments'
import type { FileStore } from '@neurite/files'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/format.js'
import type { Callback } from './callback.js'

/** Options of {@link checkpoint}. */
export interface CheckpointOptions {
  /** Default 1. */
  readonly everyEpochs?: number
  /** Also within epochs, counted from the start of training. Default: not. */
  readonly everyIterations?: number
}

const aStore = /* @__PURE__ */ having<FileStore>(
  'fileStore(path), indexedDbStore(name), memoryStore() or an object with save and load',
  'save',
  'load',
)

/**
 * Keeps what a run needs to go on: params, optimizer state, running statistics, place in the data, history, and what other
 * callbacks remember. A run that is resumed from it ends with the same bits as one that was never interrupted. An abort
 * saves too, so that pausing is aborting and resuming.
 *
 * @param store - `fileStore(path)`, in a browser `indexedDbStore(name)`, `memoryStore()` or your own
 * @param options - `everyEpochs` default 1, `everyIterations` default none
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adam } from '@neurite/optimizers'
 * import { checkpoint, fit, loadCheckpoint, memoryStore } from '@neurite/train'
 * const store = memoryStore() // or fileStore('run.safetensors')
 * const train = async (epochs: number) => fit(sequential([dense(1)]), { x: [[0], [1]], y: [0, 1] }, {
 *   loss: mse, optimizer: adam(), epochs, callbacks: [checkpoint(store)], resume: await loadCheckpoint(store),
 * })
 * await train(3)
 * const { history } = await train(5) // makes two more
 * history.loss.length // => 5
 * ```
 */
export function checkpoint(store: FileStore, options: CheckpointOptions = {}): Callback {
  const { everyEpochs, everyIterations } = readOptions('checkpoint', options, {
    everyEpochs: or(1, whole(1)),
    everyIterations: optional(whole(1)),
  })
  aStore('checkpoint', 'the store', store)
  const save = (taken: Checkpoint): Promise<void> => store.save(encodeCheckpoint(taken))
  return {
    name: 'checkpoint',
    onTrainBegin: (run) => run.captureOnAbort(save),
    onEpochEnd(event, run) {
      if ((event.epoch + 1) % everyEpochs === 0 || event.epoch + 1 === event.epochs) run.capture(save)
    },
    ...(everyIterations === undefined
      ? {}
      : {
          onIteration: (event, run) => {
            if ((event.iteration + 1) % everyIterations === 0) run.capture(save)
          },
        }),
  }
}

/**
 * The checkpoint in a store, for `fit`'s `resume`; undefined if there is none, so that one program starts and goes on.
 *
 * @throws NeuriteError `BAD_CHECKPOINT` if it is damaged, or another kind of file; `BAD_FILE` if it cannot be read
 */
export async function loadCheckpoint(store: FileStore, ...none: readonly []): Promise<Checkpoint | undefined> {
  takesNoOptions('loadCheckpoint', none)
  const bytes = await store.load()
  return bytes === undefined ? undefined : decodeCheckpoint(bytes)
}
