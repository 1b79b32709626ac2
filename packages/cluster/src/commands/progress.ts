import type { Trial } from '@neurite/search'
import { numberText, pointText } from './format.js'
import type { Io } from './io.js'

/** Tells how a search goes on: on a terminal in one line, elsewhere in a line for each trial that was the best so far. */
export class Progress {
  readonly #io: Io
  readonly #sign: number
  #done = 0
  #failed = 0
  #best: Trial<unknown> | undefined

  constructor(io: Io, mode: 'min' | 'max') {
    this.#io = io
    this.#sign = mode === 'min' ? 1 : -1
  }

  readonly tell = (trial: Trial<unknown>): void => {
    if (trial.value === null) this.#failed++
    else this.#done++
    const better = this.#isBetter(trial)
    if (better) this.#best = trial
    if (this.#io.live) this.#io.err(`\r\u001b[K${this.#line()}`)
    else if (better) this.#io.err(`${this.#line()}\n`)
  }

  end(): void {
    this.#io.err(this.#io.live ? `\r\u001b[K${this.#line()}\n` : `${this.#line()}\n`)
  }

  /** A round of more resource begins anew: its values do not compare with those before. */
  #isBetter({ value, resource = 0 }: Trial<unknown>): boolean {
    if (value === null) return false
    if (this.#best === undefined) return true
    const { value: least, resource: spent = 0 } = this.#best
    return resource > spent || (resource === spent && this.#sign * value < this.#sign * least!)
  }

  #line(): string {
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`
    const best =
      this.#best === undefined ? '' : `; best ${numberText(this.#best.value!)} at ${pointText(this.#best.point)}`
    const line = `${this.#done} done${failed}${best}`
    // A line that wraps cannot be written again.
    return this.#io.live && line.length > 78 ? `${line.slice(0, 77)}…` : line
  }
}
