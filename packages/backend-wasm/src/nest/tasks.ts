import type { Schedule, Step } from '@neurite/core'
import type { Group } from './group.js'
import { join } from './join.js'
import { inRows } from './rows.js'
import { livesOf, type Task } from './task.js'

/** What is done in one go, in order. */
export function tasksOf(plan: Schedule<Group>, steps: readonly Step[]): readonly Task[] {
  const lives = livesOf(steps)
  return inRows(join(plan, steps, lives), plan, lives)
}
