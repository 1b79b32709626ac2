import { connect, type CallOptions, type Remote, type StreamOptions } from '@neurite/worker'
import type { WorkerTasks } from './tasks.worker.js'

let worker: Remote<WorkerTasks> | undefined

/** The worker that computes for the labs; it starts when the first lab asks. */
function remote(): Remote<WorkerTasks> {
  worker ??= connect<WorkerTasks>(new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }))
  return worker
}

/**
 * The tasks of a folder, which run in the worker.
 *
 * @typeParam T - `typeof import('./tasks.js')`
 * @param folder - below `src`: `labs/graph`
 */
export function inWorker<T>(folder: string): Pick<Remote<T>, 'call' | 'stream'> {
  const tasks: object = {
    call: (task: string, args?: unknown, options?: CallOptions) =>
      remote().call('call', { folder, task, args }, options),
    stream: (task: string, args?: unknown, options?: StreamOptions) =>
      remote().stream('stream', { folder, task, args }, options),
  }
  return tasks as Pick<Remote<T>, 'call' | 'stream'>
}
