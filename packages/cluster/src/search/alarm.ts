/** Wakes one who waits, when it rings, when time is over, or when a signal comes. */
export class Alarm {
  #ringing = false
  #wake: () => void = () => undefined
  readonly #signal: AbortSignal | undefined

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    signal?.addEventListener('abort', this.ring)
  }

  readonly ring = (): void => {
    this.#ringing = true
    this.#wake()
  }

  /** Listens to the signal no more: it may outlive many searches. */
  dispose(): void {
    this.#signal?.removeEventListener('abort', this.ring)
  }

  /** @returns whether it rang */
  async wait(ms: number): Promise<boolean> {
    if (!this.#ringing) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => (clearTimeout(timer), resolve())
      })
    }
    // Many ends in a moment are looked at together.
    await new Promise((resolve) => setTimeout(resolve, 5))
    const rang = this.#ringing
    this.#ringing = false
    return rang
  }
}
