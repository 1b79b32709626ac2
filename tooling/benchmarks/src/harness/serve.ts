import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { decodeProblem } from '../workloads/problem-file.js'
import { NotOffered, type Job, type Library } from './library.js'
import type { Reply, Request } from './protocol.js'

/** The main loop of a subject's process: answers each line of stdin with one of stdout, until stdin ends. */
export async function serve(start: () => Library | Promise<Library>): Promise<void> {
  let library: Library | undefined
  let job: Job | undefined
  const answer = async (request: Request): Promise<Reply> => {
    library ??= await start()
    switch (request.op) {
      case 'describe':
        return { version: library.version }
      case 'open':
        await job?.close()
        job = undefined
        job = await library.open(request.workload, decodeProblem(readFileSync(request.problem)))
        return { done: true }
      case 'run': {
        if (job === undefined) return { error: 'run before open' }
        const start = performance.now()
        await job.run(request.count)
        const seconds = (performance.now() - start) / 1000
        return { seconds, values: await job.values() }
      }
      case 'close':
        await job?.close()
        job = undefined
        return { done: true }
    }
  }
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: Reply
    try {
      reply = await answer(JSON.parse(line) as Request)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      reply = error instanceof NotOffered ? { absent: message } : { error: message }
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`)
  }
}
