import { signal } from '@preact/signals'

/** What a screen reader is told, sparingly: what was asked for, and what ended. */
export const announcement = signal('')

export function announce(text: string): void {
  announcement.value = text
}
