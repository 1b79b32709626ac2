import { takeTurns } from '@neurite/nn'

/** The event loop gets a turn after so long: steps that run in one call should take no longer. */
const SLICE_MS = 10

/** How many times as many steps may be made at once as before: the first ones, which are compiled, say little. */
const GROWTH = 4

/**
 * How many steps are made in one call: as many as fit into the time until others get their turn. It changes what is waited for, and no
 * result: steps are the same each time, however many of them run together.
 */
export class Pace {
  readonly #turn = takeTurns()
  #turned = performance.now()
  #begun = this.#turned
  /** Time and steps of late, older ones counting for less. */
  #ms = 1
  #steps = 0
  #most = 1

  /** How many may be made now. */
  get most(): number {
    const left = this.#turned + SLICE_MS - performance.now()
    return Math.max(1, Math.min(this.#most, Math.floor((left * this.#steps) / this.#ms)))
  }

  /** What was done until now was something else. */
  begin(): void {
    this.#begun = performance.now()
  }

  /** So many steps were made. What it returns gives the event loop a turn where one is due. */
  made(steps: number): Promise<void> | undefined {
    const now = performance.now()
    this.#ms = this.#ms / 2 + now - this.#begun
    this.#steps = this.#steps / 2 + steps
    this.#begun = now
    this.#most = Math.max(this.#most, GROWTH * steps)
    return this.#turn()?.then(() => {
      this.#turned = this.#begun = performance.now()
    })
  }
}
