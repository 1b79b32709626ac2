import type { Pool } from './pool.js'

/** What a program has for threads: its module, and how many rows each of its functions `share0`, `share1` ... has. */
export interface Shareable {
  readonly bytes: Uint8Array
  readonly rows: readonly number[]
}

type Share = (arena: number, first: number, count: number) => void

/** The functions of a program that is ready, of which threads take parts. */
export class Shares {
  private readonly first: number

  constructor(
    private readonly pool: Pool,
    private readonly program: Shareable,
  ) {
    this.first = pool.load(program.bytes, program.rows.length)
  }

  /** @param exports - of this thread's instance of the module */
  run(index: number, arena: number, exports: Readonly<Record<string, unknown>>): void {
    const { pool, program, first } = this
    pool.run(first + index, arena, program.rows[index]!, exports[`share${index}`] as Share)
  }

  end(): void {
    this.pool.forget(this.first, this.program.rows.length)
  }
}
