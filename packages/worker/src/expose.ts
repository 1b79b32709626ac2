import { NeuriteError } from '@neurite/core'
import { aFunction, anObject, show } from '@neurite/core/arguments'
import { errorOf, failureOf } from './failure.js'
import { isRequest, type Answer, type Reply, type Request } from './messages.js'
import { checkSendable } from './sendable.js'
import type { TaskContext, TasksLike } from './tasks.js'
import { channelTo, channelToParent, claim, type PortLike } from './any-worker.js'

type Task = (args: unknown, context: TaskContext) => unknown
type Stream = AsyncGenerator<unknown, unknown, undefined> | Generator<unknown, unknown, undefined>

/** A call or a stream under way. */
interface Running {
  readonly task: string
  readonly controller: AbortController
  stream?: Stream
}

/**
 * Offers tasks to the page that made this worker: the last line of the worker's module. The page calls them by name with {@link connect},
 * which takes their types.
 *
 * A task is a function of its arguments and a context: one that returns a value or a promise answers once, a generator
 * yields events, and goes on to the next only when the page asks for it. `context.signal` is aborted when the page aborts the call.
 * A task notices only when it lets the event loop have a turn: `fit` does so by itself, a long loop of your own by
 * `await new Promise((resolve) => setTimeout(resolve))` now and then.
 *
 * What a task returns or yields is copied to the page, or moved where {@link transferring} says so. What it throws reaches the page: a
 * NeuriteError with its code and details, any other error as `TASK_FAILED` with the error as its cause.
 *
 * @param tasks - functions and generators by name
 * @param port - where calls come from; default: the page, or the thread, that made this worker
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no function, outside a worker, or where tasks are offered already
 * @example
 * ```ts no-run
 * import { expose, type TaskContext } from '@neurite/worker'
 * const tasks = {
 *   sum: ({ values }: { values: Float32Array }) => values.reduce((total, value) => total + value, 0),
 *   async *count({ to }: { to: number }, { signal }: TaskContext) {
 *     for (let i = 1; i <= to && !signal.aborted; i++) yield i
 *   },
 * }
 * export type Tasks = typeof tasks
 * expose(tasks)
 * ```
 */
export function expose(tasks: TasksLike, port?: PortLike): void {
  const where = 'expose'
  for (const [name, task] of Object.entries(anObject(where, 'tasks', tasks))) aFunction(where, `tasks.${name}`, task)
  const running = new Map<number, Running>()
  const listener = {
    message: (data: unknown) => {
      if (isRequest(data)) serve(data)
    },
    unread: () => reply({ neurite: 'lost' }),
  }
  const channel =
    port === undefined
      ? channelToParent(where, listener)
      : channelTo(where, port, { ...listener, died: () => running.forEach((under) => leave(under)) })
  const reply = (message: Reply, transfer: readonly object[] = []): void => channel.post(message, transfer)

  const serve = (request: Request): void => {
    if (request.neurite === 'hello') return reply({ neurite: 'ready' })
    const { id } = request
    if (request.neurite === 'call' || request.neurite === 'stream') {
      running.set(id, { task: request.task, controller: new AbortController() })
    }
    const under = running.get(id)
    // It had ended while the request was on its way.
    if (under === undefined) return
    if (request.neurite === 'abort') {
      running.delete(id)
      leave(under, errorOf(request.reason))
    } else void settle(request, under)
  }
  const settle = async (request: Question, under: Running): Promise<void> => {
    const { id } = request
    try {
      const { neurite, value, buffers } = await outcomeOf(request, under, tasks)
      if (running.get(id) !== under) return
      // Under way until it is sent: what the platform refuses to clone is a failure, and the page must hear of it.
      reply({ neurite, id, value }, buffers)
      if (neurite === 'done') running.delete(id)
    } catch (error) {
      if (!running.delete(id)) return
      await close(under.stream)
      reply({ neurite: 'failed', id, failure: failureOf(coded(under.task, error)) })
    }
  }
  claim(port ?? globalThis, () => `${where}: tasks are offered here already; offer all of them at once.`)
  reply({ neurite: 'ready' })
}

/** What has an answer. */
type Question = Exclude<Request, { readonly neurite: 'hello' | 'abort' }>

interface Outcome {
  readonly neurite: Exclude<Answer['neurite'], 'failed'>
  readonly value: unknown
  readonly buffers: ArrayBuffer[]
}

async function outcomeOf(request: Question, under: Running, tasks: TasksLike): Promise<Outcome> {
  const { task } = under
  if (request.neurite === 'call') {
    const result = run(request.args, under, tasks)
    if (isStream(result)) throw wrongKind(task, 'a stream of events: use remote.stream')
    return outcome('done', task, await result)
  }
  if (request.neurite === 'stream') {
    const result = run(request.args, under, tasks)
    if (!isStream(result)) throw wrongKind(task, 'no generator and answers once: use remote.call')
    under.stream = result
  }
  const { stream } = under
  if (stream === undefined) throw wrongKind(task, 'no stream')
  const { done, value } = await (request.neurite === 'end' ? stream.return(undefined) : stream.next())
  return outcome(done === true ? 'done' : 'event', task, value)
}

function run(args: unknown, { task: name, controller }: Running, tasks: TasksLike): unknown {
  // An own property: names come from the page, and objects have others.
  const task = Object.hasOwn(tasks, name) ? (tasks[name] as Task) : undefined
  if (task === undefined) {
    const message = `expose: there is no task ${show(name)}; the worker has ${Object.keys(tasks).join(', ')}.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { task: name })
  }
  return task.call(tasks, args, { signal: controller.signal })
}

function outcome(neurite: Outcome['neurite'], task: string, value: unknown): Outcome {
  const name = neurite === 'done' ? 'what it returned' : 'what it yielded'
  return { neurite, value, buffers: checkSendable(`task '${task}'`, name, value) }
}

function isStream(value: unknown): value is Stream {
  return typeof value === 'object' && value !== null && 'next' in value && 'return' in value
}

/** Ends what the page wants no more. */
function leave({ controller, stream }: Running, reason?: Error): void {
  controller.abort(reason)
  void close(stream)
}

/** Ends a generator, so that its `finally` runs. The page does not wait for it, and hears nothing of what it throws. */
async function close(stream: Stream | undefined): Promise<void> {
  try {
    await stream?.return(undefined)
  } catch {
    // The page has gone on already, with another error.
  }
}

function wrongKind(task: string, what: string): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `expose: task '${task}' is ${what}.`, { task })
}

function coded(task: string, error: unknown): NeuriteError {
  if (NeuriteError.isInstance(error)) return error
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const message = `task '${task}' threw ${said}; its cause has the stack in the worker.`
  return new NeuriteError('TASK_FAILED', message, { task }, error)
}
