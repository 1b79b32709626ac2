import { signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect } from 'preact/hooks'

/** A part of a lab whose code comes when it is first shown. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded = signal<{ readonly Part: FunctionComponent } | undefined>(undefined)
  return function Later() {
    useEffect(() => {
      if (loaded.peek() === undefined) void load().then((Part) => (loaded.value = { Part }))
    }, [])
    const found = loaded.value
    return found === undefined ? null : <found.Part />
  }
}
