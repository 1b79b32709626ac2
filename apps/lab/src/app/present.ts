import { signal } from '@preact/signals'

/** Whether the page is shown to a room: large type, one block of the lab beside the stage at a time. */
export const presenting = signal(false)

/** The blocks of a lab in the order in which they are told. */
export const SLIDES = ['idea', 'formula', 'controls', 'measure', 'challenge'] as const
export type Slide = (typeof SLIDES)[number]

export const slide = signal<Slide>('idea')

export function turnSlide(by: 1 | -1): void {
  const next = SLIDES[SLIDES.indexOf(slide.value) + by]
  if (next !== undefined) slide.value = next
}

/** How many times as large as usual the page's type is: as lab-page.css has it. */
export const enlarged = (): number => (presenting.value ? Math.min(30, Math.max(20, 0.012 * innerWidth)) / 16 : 1)
