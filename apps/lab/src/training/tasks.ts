import { NeuriteError } from '@neurite/core'
import { LiveTraining } from './live-training.js'
import type { Edit, Frame, Look, TrainingSpec } from './spec.js'

export { usual } from './usual.js'

// Trainings that the page drives, by their numbers: see live-run.ts.

const trainings = new Map<number, LiveTraining>()
let last = 0

function found(id: number): LiveTraining {
  const training = trainings.get(id)
  if (training === undefined) throw new NeuriteError('INVALID_ARGUMENT', `there is no training ${id}.`)
  return training
}

export async function open(asked: { spec: TrainingSpec; look: Look }): Promise<{ id: number; frame: Frame }> {
  const id = ++last
  const opened = await LiveTraining.open(asked.spec)
  trainings.set(id, opened)
  return { id, frame: await opened.frame(asked.look) }
}

export async function advance(asked: { id: number; steps: number; milliseconds?: number; look: Look }): Promise<Frame> {
  const at = found(asked.id)
  await at.advance(asked.steps, asked.milliseconds)
  return at.frame(asked.look)
}

export async function goTo(asked: { id: number; iteration: number; look: Look }): Promise<Frame> {
  const at = found(asked.id)
  await at.goTo(asked.iteration)
  return at.frame(asked.look)
}

export async function edit(asked: { id: number; edits: readonly Edit[]; look: Look }): Promise<Frame> {
  const at = found(asked.id)
  await at.edit(asked.edits)
  return at.frame(asked.look)
}

export async function close({ id }: { id: number }): Promise<void> {
  await trainings.get(id)?.close()
  trainings.delete(id)
}
