/** The programs that `bundle` and `cold-start` look at: each trains W1 for 100 steps, as a user would write it. */
export interface ProgramEntry {
  readonly subject: string
  readonly file: string
}

export const PROGRAMS: readonly ProgramEntry[] = [
  { subject: 'cpu', file: 'w1-neurite-cpu.ts' },
  { subject: 'tfjs-cpu', file: 'w1-tfjs-cpu.ts' },
]

/** What stands around the kernels. */
export const OVERHEAD = 'overhead.ts'

/** What Node itself needs: a program that does nothing. */
export const EMPTY = 'empty.ts'
