import type { FunctionWriter } from '../encode/function.js'
import type { Instruction } from '../encode/opcodes.js'

/**
 * Vectors that are the same all the time. In a loop each is made once, before it, and kept in a local: engines make a constant
 * anew wherever it stands, which takes several instructions.
 */
export class Constants {
  private readonly locals = new Map<string, number>()
  private readonly making: Instruction[] = []
  private readonly start: number

  /** @param isLoop - whether what follows is a loop that runs long enough */
  constructor(
    private readonly f: FunctionWriter,
    readonly isLoop: boolean,
  ) {
    this.start = f.instructions.length
  }

  /** Leaves the vector of these 16 bytes on the stack. */
  get(bytes: ArrayLike<number>): void {
    const list = Array.from(bytes)
    if (!this.isLoop) return void this.f.emit('v128.const', ...list)
    const key = list.join()
    let local = this.locals.get(key)
    if (local === undefined) {
      local = this.f.add('v128')
      this.locals.set(key, local)
      this.making.push(['v128.const', ...list], ['local.set', local])
    }
    this.f.get(local)
  }

  /** Puts the making of the constants before the loop, and gives back their locals. */
  finish(): void {
    this.f.instructions.splice(this.start, 0, ...this.making)
    this.f.give(...this.locals.values())
  }
}
