/** What a task is given beside its arguments. */
export interface TaskContext {
  /** Aborted, with the same reason, when the page aborts the call, or leaves its stream. */
  readonly signal: AbortSignal
}

/** Tasks by their names: functions that answer once, or generators that yield events. */
export type TasksLike = Readonly<Record<string, (args: never, context: TaskContext) => unknown>>

type Stream<Y, R> = AsyncGenerator<Y, R, undefined> | Generator<Y, R, undefined>

/** Whether a task is a generator; one that never returns is none. */
type IsStream<F> = F extends (...args: never[]) => infer R
  ? [R] extends [never]
    ? false
    : R extends Stream<unknown, unknown>
      ? true
      : false
  : false

/** Names of the tasks that answer once. */
export type CallsOf<T> = { [K in keyof T & string]: IsStream<T[K]> extends true ? never : K }[keyof T & string]

/** Names of the tasks that yield events. */
export type StreamsOf<T> = { [K in keyof T & string]: IsStream<T[K]> extends true ? K : never }[keyof T & string]

/** What a task takes; undefined where it takes nothing. */
export type ArgsOf<F> = F extends (...args: infer A) => unknown ? A[0] : never

/** What a task answers. */
export type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never

/** What a generator yields. */
export type EventOf<F> = F extends (...args: never[]) => Stream<infer Y, unknown> ? Y : never

/** What a generator returns at its end. */
export type ReturnOf<F> = F extends (...args: never[]) => Stream<unknown, infer R> ? R : never
