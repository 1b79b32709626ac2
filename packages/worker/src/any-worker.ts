import { checkArgument, NeuriteError } from '@neurite/core'
import { having } from '@neurite/core/arguments'

/** A worker of `node:worker_threads`, as far as it is used. */
export interface ThreadLike {
  postMessage(message: unknown, transfer?: never): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error' | 'messageerror', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  terminate(): Promise<number>
  ref(): void
  unref(): void
}

/** A Web Worker, as far as it is used. */
export interface WebWorkerLike {
  postMessage(message: unknown, transfer?: never): void
  addEventListener(type: 'message' | 'messageerror' | 'error', listener: (event: Event) => void): void
  terminate(): void
}

/** One end of a MessageChannel, as far as it is used. */
export interface PortLike {
  postMessage(message: unknown, transfer?: never): void
  addEventListener(type: 'message' | 'messageerror' | 'close', listener: (event: Event) => void): void
  start(): void
  close(): void
}

/** A worker of the platform: a Web Worker, or one of `node:worker_threads`; or a port that leads to one. */
export type AnyWorker = WebWorkerLike | ThreadLike | PortLike

/** The same of all of them. */
export interface Channel {
  post(message: unknown, transfer: readonly object[]): void
  /** Ends the worker, or closes the port. */
  end(): void
  /** Whether Node is to stay alive for it. */
  hold(held: boolean): void
}

/** Who is told of what comes through a channel. */
export interface Listener {
  message(data: unknown): void
  /** A message came that could not be read. */
  unread(): void
  /** The other side is no more, and why: an error, or words. */
  died(why: unknown): void
}

const claimed = new WeakSet<object>()

/**
 * Two conversations through one end would take each other's answers for their own.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an end that has one
 */
export function claim(end: object, message: () => string): void {
  checkArgument(!claimed.has(end), message)
  claimed.add(end)
}

const aWorker = /* @__PURE__ */ having<{ readonly postMessage: PortLike['postMessage'] }>(
  'a Worker, made by new Worker(...), or a MessagePort',
  'postMessage',
)

/** @throws NeuriteError `INVALID_ARGUMENT` for what is no worker */
export function channelTo(where: string, worker: AnyWorker, listener: Listener): Channel {
  aWorker(where, 'worker', worker)
  if (isThread(worker)) listenToThread(worker, listener)
  else listenToTarget(worker, listener)
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    end: () => void ('terminate' in worker ? worker.terminate() : worker.close()),
    hold: (held) => {
      // Ports of Node have it, too.
      const { ref, unref } = worker as Partial<ThreadLike>
      ;(held ? ref : unref)?.call(worker)
    },
  }
}

function isThread(worker: AnyWorker): worker is ThreadLike {
  return !('addEventListener' in worker)
}

function listenToThread(worker: ThreadLike, { message, unread, died }: Listener): void {
  worker.on('message', message)
  worker.on('messageerror', unread)
  worker.on('error', died)
  worker.on('exit', (code) => died(`it exited with code ${code}`))
}

function listenToTarget(target: WebWorkerLike | PortLike, { message, unread, died }: Listener): void {
  target.addEventListener('message', (event) => message((event as MessageEvent<unknown>).data))
  target.addEventListener('messageerror', unread)
  if ('start' in target) {
    target.addEventListener('close', () => died('its port was closed'))
    target.start()
    return
  }
  target.addEventListener('error', (event) => died(whyOf(event)))
}

/** A module that cannot be loaded gives an event without a message. */
function whyOf({ error, message, filename, lineno }: Event & Partial<ErrorEvent>): unknown {
  if (error instanceof Error) return error
  if (message === undefined || message === '') return 'its module could not be loaded'
  return filename === undefined || filename === '' ? message : `${message} (${filename}:${lineno})`
}

interface WorkerScope {
  postMessage(message: unknown, transfer: readonly object[]): void
  addEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent<unknown>) => void): void
}

interface Process {
  getBuiltinModule?(name: 'node:worker_threads'): { readonly parentPort: PortLike | null } | undefined
}

/** The page, as its worker sees it. @throws NeuriteError `INVALID_ARGUMENT` outside a worker */
export function channelToParent(where: string, listener: Pick<Listener, 'message' | 'unread'>): Channel {
  if ('WorkerGlobalScope' in globalThis) {
    const scope = globalThis as Partial<WorkerScope>
    scope.addEventListener?.('message', ({ data }) => listener.message(data))
    scope.addEventListener?.('messageerror', listener.unread)
    return {
      post: (message, transfer) => scope.postMessage?.(message, transfer),
      end: () => undefined,
      hold: () => undefined,
    }
  }
  // No import: a bundler for browsers sees no module of Node.
  const { process } = globalThis as { readonly process?: Process }
  const port = process?.getBuiltinModule?.('node:worker_threads')?.parentPort
  if (port === null || port === undefined) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: this is no worker; call it in a module that new Worker(...) starts, or give it a MessagePort.`,
    )
  }
  return channelTo(where, port, { ...listener, died: () => undefined })
}
