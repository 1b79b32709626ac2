import { effect, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Lab } from '../labs/lab.js'
import { entryOf, type LabId } from '../labs/registry.js'
import { say } from './messages.js'
import { query, rewrite } from './route.js'

/** The lab that is open. */
export const current = signal<Lab | undefined>(undefined)
const failure = signal<string | undefined>(undefined)

/** Loads a lab, gives it what the link says, and keeps the link up to date. */
export function LabSlot({ id }: { readonly id: LabId }): JSX.Element {
  useEffect(() => {
    let left = false
    current.value = undefined
    failure.value = undefined
    entryOf(id)
      .load()
      .then(
        (loaded) => {
          if (left) return
          // A lab that is opened without a state in the link is found as it was left.
          if (query.peek().size > 0) loaded.state.read(query.peek())
          current.value = loaded
        },
        (error: unknown) => {
          if (!left) failure.value = error instanceof Error ? error.message : String(error)
        },
      )
    return () => {
      left = true
    }
  }, [id])
  useEffect(() => {
    const opened = current.value
    if (opened === undefined) return
    let waiting: ReturnType<typeof setTimeout> | undefined
    const stop = effect(() => {
      const state = opened.state.write()
      clearTimeout(waiting)
      // Browsers refuse more than about a hundred changes of the address in half a minute.
      waiting = setTimeout(() => rewrite(state), 400)
    })
    return () => {
      stop()
      clearTimeout(waiting)
    }
  }, [current.value])
  if (failure.value !== undefined) return <p role="alert">{say('failed', { reason: failure.value })}</p>
  if (current.value === undefined) return <p class="loading">{say('loading')}</p>
  const { View } = current.value
  return <View />
}
