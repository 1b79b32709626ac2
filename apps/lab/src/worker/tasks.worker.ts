import { expose, type TaskContext } from '@neurite/worker'

/** A task of a folder's `tasks.ts`, by its name. */
export interface Asked {
  readonly folder: string
  readonly task: string
  readonly args: unknown
}

type Tasks<R> = Readonly<Record<string, (args: unknown, context: TaskContext) => R>>

/** Everything that is computed off the page's thread. A folder's code comes when one of its tasks is first asked for. */
const folders = import.meta.glob(['../labs/*/tasks.ts', '../training/tasks.ts'])

async function named<R>({ folder, task }: Asked): Promise<Tasks<R>[string]> {
  const tasks = (await folders[`../${folder}/tasks.ts`]!()) as Tasks<R>
  return tasks[task]!
}

const tasks = {
  async call(asked: Asked, context: TaskContext): Promise<unknown> {
    return (await named(asked))(asked.args, context)
  },
  async *stream(asked: Asked, context: TaskContext): AsyncGenerator<unknown, unknown, undefined> {
    return yield* (await named<AsyncGenerator<unknown, unknown, undefined>>(asked))(asked.args, context)
  },
}

export type WorkerTasks = typeof tasks

expose(tasks)
