/** A worker of `node:worker_threads`, as far as it is used. */
export interface ThreadLike {
  postMessage(message: unknown): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  terminate(): Promise<number>
  ref(): void
  unref(): void
}

/** A Web Worker, as far as it is used. */
export interface WebWorkerLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'error', listener: (event: Event) => void): void
  terminate(): void
}

/** A worker of the platform: a Web Worker, or one of `node:worker_threads`. */
export type WorkerLike = WebWorkerLike | ThreadLike

export function isThread(worker: WorkerLike): worker is ThreadLike {
  return 'on' in worker && typeof worker.on === 'function'
}

/** The other side, as a worker sees it: a Web Worker's own scope, or the port of a thread. */
export interface Parent {
  postMessage(message: unknown): void
  listen(listener: (data: unknown) => void): void
}

interface WorkerScope {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void
}

interface Port {
  postMessage(message: unknown): void
  on(event: 'message', listener: (data: unknown) => void): unknown
}

interface Process {
  getBuiltinModule?(name: 'node:worker_threads'): { readonly parentPort: Port | null } | undefined
}

/** The parent of the worker that this code runs in; undefined outside a worker. */
export function parent(): Parent | undefined {
  if ('WorkerGlobalScope' in globalThis) {
    const scope = globalThis as Partial<WorkerScope>
    return {
      postMessage: (message) => scope.postMessage?.(message),
      listen: (listener) => scope.addEventListener?.('message', ({ data }) => listener(data)),
    }
  }
  // No import: a bundler for browsers sees no module of Node.
  const { process } = globalThis as { readonly process?: Process }
  const port = process?.getBuiltinModule?.('node:worker_threads')?.parentPort
  if (port === null || port === undefined) return undefined
  return {
    postMessage: (message) => port.postMessage(message),
    listen: (listener) => void port.on('message', listener),
  }
}
