import { must, optional, readOptions } from '@neurite/core/arguments'
import { Connection } from './connection.js'
import type { ArgsOf, CallsOf, EventOf, ResultOf, ReturnOf, StreamsOf } from './tasks.js'
import type { AnyWorker } from './any-worker.js'

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** What the worker was made from, for the messages of errors: a worker does not tell. */
  readonly address?: string | URL
}

/** Options of a call. */
export interface CallOptions {
  /** Ends the call: it is rejected with the signal's reason at once, and the task's own signal is aborted. */
  readonly signal?: AbortSignal
  /** What is moved to the worker, not copied: buffers, ports, canvases. They are empty here from then on. */
  readonly transfer?: readonly object[]
}

/** Options of a stream. */
export interface StreamOptions extends CallOptions {
  /** Whether the worker makes the next event while the page is busy with one. Default false: it rests until it is asked. */
  readonly prefetch?: boolean
}

type Arguments<F, O> =
  undefined extends ArgsOf<F> ? readonly [args?: ArgsOf<F>, options?: O] : readonly [args: ArgsOf<F>, options?: O]

/** A worker's tasks, as the page calls them. */
export interface Remote<T> {
  /**
   * Runs a task that answers once.
   *
   * @throws NeuriteError what the task threw, with its code and details; `TASK_FAILED` for an error without a code; `WORKER_FAILED` if the worker
   * ends first; `INVALID_ARGUMENT` for arguments that cannot be sent, or a task that is none; `ABORTED` after `dispose`. Or the signal's reason.
   */
  call<K extends CallsOf<T>>(task: K, ...rest: Arguments<T[K], CallOptions>): Promise<ResultOf<T[K]>>
  /**
   * Runs a generator. It begins with the first `next()` and makes an event each time it is asked: a page that does not ask, pauses it. Leaving the loop
   * ends the generator in the worker, whose `finally` runs before the loop is left. Throws what {@link Remote.call} does.
   */
  stream<K extends StreamsOf<T>>(
    task: K,
    ...rest: Arguments<T[K], StreamOptions>
  ): AsyncGenerator<EventOf<T[K]>, ReturnOf<T[K]>, undefined>
  /** Ends the worker at once; calls and streams in flight are rejected with `ABORTED`. */
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Connects the page with a worker whose module calls {@link expose}. The worker is the remote's from then on: it ends with `dispose()`.
 *
 * Several calls and streams may be in flight at once. A worker that dies (an error that nobody caught, a module that cannot be loaded, an
 * exit) rejects them, and all later ones, with `WORKER_FAILED`. A Web Worker whose module never calls `expose` says so to
 * nobody, and is waited for; so is one that calls `close()`. An idle worker does not keep Node alive.
 *
 * @typeParam T - the type of the tasks that the worker exposes
 * @param worker - a Web Worker, a worker of `node:worker_threads`, or a MessagePort whose other end `expose` was given
 * @param options - `address` for messages; default: none
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { connect, expose } from '@neurite/worker'
 * const tasks = { double: async (x: number) => 2 * x }
 * // Both ends in one thread; mostly: connect<Tasks>(new Worker(new URL('./tasks.js', import.meta.url), { type: 'module' }))
 * const { port1, port2 } = new MessageChannel()
 * expose(tasks, port2)
 * const remote = connect<typeof tasks>(port1)
 * await remote.call('double', 21) // => 42
 * remote.dispose()
 * ```
 */
export function connect<T>(worker: AnyWorker, options: ConnectOptions = {}): Remote<T> {
  const { address } = readOptions('connect', options, { address: optional(anAddress) })
  const connection: object = new Connection(worker, address)
  return connection as Remote<T>
}

export const anAddress = /* @__PURE__ */ must(
  'an address',
  (value): value is string | URL => typeof value === 'string' || value instanceof URL,
)
