import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { save } from '../../parts/save.js'
import { inWorker } from '../../worker/remote.js'
import { modelJson, neuriteProgram, standaloneProgram, type TrainedChoice } from './code.js'
import { say } from './messages.js'
import { choiceNow, parts, run, seen, spec } from './model.js'
import { rowsOf, outputKind } from './spec.js'
import { state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/playground')

const failed = signal<string | undefined>(undefined)

/** The network as it stands now. */
function trained(): TrainedChoice | undefined {
  const { shown } = seen.peek()
  if (shown === undefined) return undefined
  return {
    ...choiceNow.peek(),
    weights: shown.weights,
    iteration: shown.iteration,
    spec: spec.peek(),
    optimizer: state.at.opt.peek(),
    backend: run.backend.peek() ?? run.asked.peek(),
    edits: state.at.edits.peek().filter(({ iteration }) => iteration <= shown.iteration),
  }
}

/** Downloads of the model: to go on with, to use anywhere, to read, to load. */
export function Exports(): JSX.Element {
  const offer =
    (name: string, type: string, write: (from: TrainedChoice) => BlobPart | Promise<BlobPart>) => (): void => {
      const from = trained()
      if (from === undefined) return
      failed.value = undefined
      Promise.resolve(write(from)).then(
        (content) => save(name, content, type),
        (error: unknown) => (failed.value = error instanceof Error ? error.message : String(error)),
      )
    }
  return (
    <div class="exports">
      <h3>{say('export')}</h3>
      <div class="downloads">
        <button type="button" class="plain" onClick={offer('playground.ts', 'text/typescript', neuriteProgram)}>
          {say('export.typescript')}
        </button>
        <button type="button" class="plain" onClick={offer('network.ts', 'text/typescript', standaloneProgram)}>
          {say('export.standalone')}
        </button>
        <button type="button" class="plain" onClick={offer('playground.json', 'application/json', modelJson)}>
          {say('export.json')}
        </button>
        <button
          type="button"
          class="plain"
          onClick={offer('playground.safetensors', 'application/octet-stream', modelFile)}
        >
          {say('export.model')}
        </button>
      </div>
      {failed.value !== undefined && <p role="alert">{say('export.failed', { reason: failed.value })}</p>}
    </div>
  )
}

/** The file of @neurite/io, with a few rows to check it by. */
function modelFile(from: TrainedChoice): Promise<BlobPart> {
  const { x } = rowsOf(parts.peek().train, from.features, outputKind(from))
  const width = from.features.length
  return worker.call('playgroundFile', {
    choice: { features: from.features, layers: from.layers, loss: from.loss, regression: from.regression },
    weights: from.weights,
    examples: Array.from({ length: Math.min(8, x.shape[0]!) }, (_, i) =>
      Array.from(x.data.subarray(i * width, (i + 1) * width)),
    ),
  })
}
