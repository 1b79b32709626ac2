import { signal, type ReadonlySignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface Size {
  readonly width: number
  readonly height: number
}

/** The size of an element in CSS pixels, followed; 0 before it is on the page. */
export function useSize<E extends Element>(): {
  readonly ref: RefObject<E | null>
  readonly size: ReadonlySignal<Size>
} {
  const ref = useRef<E>(null)
  const size = useRef(signal<Size>({ width: 0, height: 0 })).current
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      const { width: before, height: tall } = size.peek()
      if (Math.round(width) !== before || Math.round(height) !== tall)
        size.value = { width: Math.round(width), height: Math.round(height) }
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, size }
}
