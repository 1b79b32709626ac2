import { expose, type TaskContext } from '@neurite/worker'
import type { ApproximationRequest, FitOfN } from '../labs/approximation/compute.js'

/** Everything that labs compute, off the page's thread. A lab's code comes when it is first asked for. */
const tasks = {
  async approximation(request: ApproximationRequest, { signal }: TaskContext): Promise<FitOfN> {
    const { approximation } = await import('../labs/approximation/compute.js')
    return approximation(request, signal)
  },
}

export type Tasks = typeof tasks

expose(tasks)
