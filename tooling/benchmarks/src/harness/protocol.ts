import type { Workload } from '../workloads/workload.js'

/** One line of JSON to a subject's process. */
export type Request =
  | { readonly op: 'describe' }
  | { readonly op: 'open'; readonly workload: Workload; readonly problem: string }
  | { readonly op: 'run'; readonly count: number }
  | { readonly op: 'close' }

/** One line of JSON back. */
export type Reply =
  | { readonly version: string }
  | { readonly done: true }
  | { readonly seconds: number; readonly values: readonly number[] }
  /** The library is not installed, or has no such operation. */
  | { readonly absent: string }
  | { readonly error: string }
