import { signal, type Signal } from '@preact/signals'
import { whole } from '../state/fields.js'

/** A link that asks for more would train for minutes before it shows anything. */
const FURTHEST = 100_000

/** The iteration at which a link's training rests; 0 where it plays from the beginning. */
export const restField = whole(0, FURTHEST, 0)

/** Where something that runs has come to rest, as the link says it. */
export class Rest {
  readonly #iteration: Signal<number>
  #said: number | undefined

  /** @param iteration - the state's, of a `restField`. Default: one that no link holds. */
  constructor(iteration: Signal<number> = signal(0)) {
    this.#iteration = iteration
  }

  /** What somebody else put there: a link, a reset, an undo. None where it is what was said here last. */
  get told(): number | undefined {
    const now = this.#iteration.value
    return now === this.#said ? undefined : now
  }

  /** Tells the link. */
  say(iteration: number): void {
    this.#said = iteration > FURTHEST ? 0 : iteration
    this.#iteration.value = this.#said
  }

  /** What was said here last becomes what is to be gone to: the lab is opened again. */
  reopen(): void {
    this.#said = undefined
  }
}
