import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { say } from '../app/messages.js'
import type { Usual } from '../training/usual.js'
import { inWorker } from '../worker/remote.js'

const worker = inWorker<typeof import('../training/tasks.js')>('training')
const known = signal<Usual | undefined>(undefined)

/** On which backend trainings without a player run, and why that is not the usual one. */
export function TrainedOn(): JSX.Element {
  useEffect(() => {
    if (known.peek() !== undefined) return
    // What fails here fails in the training as well, which says so.
    worker.call('usual').then(
      (found) => (known.value = found),
      () => undefined,
    )
  }, [])
  const { name, refused } = known.value ?? {}
  return (
    <p class="note" data-backend={name}>
      {name === undefined
        ? '…'
        : refused === undefined
          ? say('backend.on', { name })
          : say('backend.refused', { ...refused, instead: name })}
    </p>
  )
}
