import { computed, effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals'
import { calm } from '../app/theme.js'
import { Rest } from '../training/rest.js'

export interface Pace {
  /** Steps a second at first. */
  readonly first: number
  /** And, with each step that has been shown, so many more: a beginning is worth a closer look. */
  readonly more: number
}

/** Something that was computed beforehand, shown step by step: `at` runs from 0 to `length`. Where nothing may move, it shows the end at once. */
export class Playback {
  readonly at = signal(0)
  readonly playing = signal(false)
  readonly length: ReadonlySignal<number>
  readonly ended = computed(() => this.length.value > 0 && this.at.value >= this.length.value)
  #exact = 0

  readonly #pace: Pace
  readonly #rest: Rest
  /** Whether what it shows is there. */
  #begun = false

  /** @param rest - what the link says of where it rests, of a `restField` */
  constructor(
    length: ReadonlySignal<number>,
    { rest, ...pace }: Partial<Pace> & { readonly rest?: Signal<number> } = {},
  ) {
    this.length = length
    this.#pace = { first: 12, more: 0.7, ...pace }
    this.#rest = new Rest(rest)
  }

  /** Keeps within what there is, while the lab is open; returns what ends it. */
  start(): () => void {
    this.#rest.reopen()
    this.#begun = false
    const stops = [
      effect(() => {
        if (this.at.value > this.length.value) this.goTo(this.length.value)
      }),
      effect(() => {
        if (this.#rest.told !== undefined && this.#begun) untracked(() => this.begin())
      }),
    ]
    return () => {
      stops.forEach((stop) => stop())
      this.playing.value = false
    }
  }

  /** What it shows is there: it plays from the beginning, or rests where a link says so. */
  begin(): void {
    const { told = 0 } = this.#rest
    this.#begun = true
    if (told === 0) return this.restart()
    this.pause()
    this.goTo(told)
  }

  play(): void {
    if (calm.matches) return this.goTo(this.length.peek())
    if (this.playing.peek()) return
    if (this.ended.peek()) this.goTo(0)
    this.playing.value = true
    this.#say()
    let before = performance.now()
    const frame = (now: number): void => {
      if (!this.playing.peek()) return
      const seconds = Math.min(0.1, (now - before) / 1000)
      before = now
      const further = this.#exact + (this.#pace.first + this.#pace.more * this.#exact) * seconds
      this.#exact = Math.min(this.length.peek(), further)
      this.at.value = Math.floor(this.#exact)
      if (this.ended.peek()) this.pause()
      else requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  }

  pause(): void {
    this.playing.value = false
    this.#say()
  }

  toggle(): void {
    if (this.playing.peek()) this.pause()
    else this.play()
  }

  step(): void {
    this.pause()
    this.goTo(this.at.peek() + 1)
  }

  /** On to the next multiple of so many steps. */
  toNext(steps: number): void {
    this.pause()
    this.goTo((Math.floor(this.at.peek() / steps) + 1) * steps)
  }

  restart(): void {
    this.pause()
    this.goTo(0)
    this.play()
  }

  goTo(step: number): void {
    this.#exact = Math.max(0, Math.min(this.length.peek(), step))
    this.at.value = this.#exact
    this.#say()
  }

  /** At its end it is where it comes to by itself. */
  #say(): void {
    if (this.length.peek() > 0) this.#rest.say(this.playing.peek() || this.ended.peek() ? 0 : this.at.peek())
  }
}
