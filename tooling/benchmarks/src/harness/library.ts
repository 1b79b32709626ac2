import type { Problem } from '../workloads/problem.js'
import type { Workload } from '../workloads/workload.js'

/** A workload, ready to run in one library. */
export interface Job {
  /** Does the work `count` times and returns when the last is done. This is what is timed. */
  run(count: number): void | Promise<void>
  /** Numbers that every library must agree on: the loss of the last step, or elements of the last result. */
  values(): readonly number[] | Promise<readonly number[]>
  /** Gives memory back. */
  close(): void | Promise<void>
}

/** What a subject's process offers: a library that can do workloads. */
export interface Library {
  /** Name and version, for the report. */
  readonly version: string
  /** @throws NotOffered where the library cannot do this workload */
  open(workload: Workload, problem: Problem): Job | Promise<Job>
}

/** The library has no such operation; the message says which. Not an error of the benchmark. */
export class NotOffered extends Error {}

/** What a library says that has no loop over steps. */
export const ONE_BY_ONE = 'its steps are called one by one'

/** At most 16 elements spread over an array: enough to notice a wrong result. */
export function sample(data: ArrayLike<number>): number[] {
  const count = Math.min(16, data.length)
  return Array.from({ length: count }, (_, i) => data[Math.floor((i * data.length) / count)]!)
}
