import { NeuriteError } from '@neurite/core'
import { LiveTraining } from './live-training.js'
import type { Frame, Look, TrainingSpec } from './spec.js'

const open = new Map<number, LiveTraining>()
let last = 0

function found(id: number): LiveTraining {
  const training = open.get(id)
  if (training === undefined) throw new NeuriteError('INVALID_ARGUMENT', `there is no training ${id}.`)
  return training
}

/** Trainings that the page drives, by their numbers. */
export const training = {
  async open({ spec, look }: { spec: TrainingSpec; look: Look }): Promise<{ id: number; frame: Frame }> {
    const id = ++last
    const opened = await LiveTraining.open(spec)
    open.set(id, opened)
    return { id, frame: await opened.frame(look) }
  },
  async advance(asked: { id: number; steps: number; milliseconds?: number; look: Look }): Promise<Frame> {
    const at = found(asked.id)
    await at.advance(asked.steps, asked.milliseconds)
    return at.frame(asked.look)
  },
  async goTo({ id, iteration, look }: { id: number; iteration: number; look: Look }): Promise<Frame> {
    const at = found(id)
    await at.goTo(iteration)
    return at.frame(look)
  },
  async close({ id }: { id: number }): Promise<void> {
    await open.get(id)?.close()
    open.delete(id)
  },
}
