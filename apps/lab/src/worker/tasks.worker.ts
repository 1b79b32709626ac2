import { expose, type TaskContext } from '@neurite/worker'
import type { ApproximationRequest, FitOfN } from '../labs/approximation/compute.js'
import type { Frame, Look, TrainingSpec } from '../training/spec.js'

const training = async (): Promise<(typeof import('../training/tasks.js'))['training']> =>
  (await import('../training/tasks.js')).training

/** Everything that labs compute, off the page's thread. A lab's code comes when it is first asked for. */
const tasks = {
  async approximation(request: ApproximationRequest, { signal }: TaskContext): Promise<FitOfN> {
    const { approximation } = await import('../labs/approximation/compute.js')
    return approximation(request, signal)
  },

  // Trainings that the page drives: see training/live-run.ts.
  async open(args: { spec: TrainingSpec; look: Look }): Promise<{ id: number; frame: Frame }> {
    return (await training()).open(args)
  },
  async advance(args: { id: number; steps: number; milliseconds?: number; look: Look }): Promise<Frame> {
    return (await training()).advance(args)
  },
  async goTo(args: { id: number; iteration: number; look: Look }): Promise<Frame> {
    return (await training()).goTo(args)
  },
  async close(args: { id: number }): Promise<void> {
    return (await training()).close(args)
  },
}

export type Tasks = typeof tasks

expose(tasks)
