import { decodeProblem } from '../workloads/problem-file.js'
import type { Workload } from '../workloads/workload.js'
import { NotOffered, type Job, type Library } from './library.js'

/** What a page offers the process that opened it. */
export interface PageBench {
  version(): Promise<string>
  /** Fetches the problem. Returns why there is no such operation, if there is none. */
  open(workload: Workload, problem: string): Promise<string | undefined>
  run(count: number): Promise<void>
  values(): Promise<readonly number[]>
  close(): Promise<void>
}

/** The main part of a subject's page: {@link serve} for a browser. */
export function offer(start: () => Promise<Library>): void {
  const library = start()
  let job: Job | undefined
  const opened = (): Job => {
    if (job === undefined) throw new Error('run before open')
    return job
  }
  const bench: PageBench = {
    version: async () => (await library).version,
    async open(workload, problem) {
      const bytes = new Uint8Array(await (await fetch(problem)).arrayBuffer())
      try {
        job = await (await library).open(workload, decodeProblem(bytes))
        return undefined
      } catch (error) {
        if (error instanceof NotOffered) return error.message
        throw error
      }
    },
    async run(count) {
      await opened().run(count)
    },
    values: async () => await opened().values(),
    async close() {
      await opened().close()
      job = undefined
    },
  }
  Object.assign(globalThis, { bench })
}
