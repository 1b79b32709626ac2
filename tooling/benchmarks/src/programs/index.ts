import { w1Shipment } from './w1-shipment.js'

/** The programs that `bundle` and `cold-start` look at: each trains W1 for 100 steps, as a user would write it. */
export interface ProgramEntry {
  readonly subject: string
  /** In the tables. Default: the subject. */
  readonly name?: string
  readonly file: string
  /** What it fetches, which is weighed, too. It needs a page around it, and cannot be started. */
  readonly fetches?: () => Promise<object>
}

export const PROGRAMS: readonly ProgramEntry[] = [
  { subject: 'cpu', file: 'w1-neurite-cpu.ts' },
  { subject: 'wasm', file: 'w1-neurite-wasm.ts' },
  { subject: 'wasm', name: 'wasm, shipped', file: 'w1-shipped-wasm.ts', fetches: w1Shipment },
  { subject: 'tfjs-cpu', file: 'w1-tfjs-cpu.ts' },
]

/** What stands around the kernels. */
export const OVERHEAD = 'overhead.ts'

/** What Node itself needs: a program that does nothing. */
export const EMPTY = 'empty.ts'
