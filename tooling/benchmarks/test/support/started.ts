import { existsSync, writeFileSync } from 'node:fs'
import type { Trace } from '../../src/harness/agree.js'
import { commandOf, makeFolder } from '../../src/harness/build.js'
import { connect, type Client } from '../../src/harness/client.js'
import type { Subject } from '../../src/subjects/index.js'
import { encodeProblem } from '../../src/workloads/problem-file.js'
import { problemOf } from '../../src/workloads/problem.js'
import type { Workload } from '../../src/workloads/workload.js'

export const STEPS = 6

/** The real programs, built and started as in a benchmark. */
export interface Started {
  readonly clients: ReadonlyMap<string, Client>
  /** What a subject computes, or why not. */
  traceOf(name: string, workload: Workload, seed?: number): Promise<Trace | string>
  stop(): Promise<void>
}

export async function start(subjects: readonly Subject[]): Promise<Started> {
  const folder = makeFolder()
  const clients = new Map<string, Client>()
  for (const subject of subjects) {
    const command = await commandOf(subject, folder.path)
    if (existsSync(command.file)) clients.set(subject.name, connect(command))
  }
  return {
    clients,
    async traceOf(name, workload, seed = 0) {
      const client = clients.get(name)
      if (client === undefined) return 'not started'
      const problem = `${folder.path}/${workload.id}-${seed}.bin`
      writeFileSync(problem, encodeProblem(problemOf(workload, seed)))
      const trace: (readonly number[])[] = []
      for (let step = -1; step < STEPS; step++) {
        const reply = await client.ask(step < 0 ? { op: 'open', workload, problem } : { op: 'run', count: 1 })
        if ('absent' in reply) return reply.absent
        if ('error' in reply) throw new Error(`${name}: ${reply.error}`)
        if ('values' in reply) trace.push(reply.values)
      }
      return trace
    },
    async stop() {
      await Promise.all([...clients.values()].map((client) => client.stop()))
      folder.remove()
    },
  }
}
