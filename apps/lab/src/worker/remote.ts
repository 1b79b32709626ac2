import { connect, type Remote } from '@neurite/worker'
import type { Tasks } from './tasks.worker.js'

let worker: Remote<Tasks> | undefined

/** The worker that computes for the labs; it starts when the first lab asks. */
export function remote(): Remote<Tasks> {
  worker ??= connect<Tasks>(new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }))
  return worker
}
