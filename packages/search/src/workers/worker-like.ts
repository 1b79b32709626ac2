import type { Endpoint } from 'comlink'

/** A worker of `node:worker_threads`, as far as it is used. */
export interface ThreadLike {
  postMessage(message: unknown): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  off(event: 'message', listener: (data: unknown) => void): unknown
  terminate(): Promise<number>
  ref(): void
  unref(): void
}

/** A Web Worker, as far as it is used. */
export interface WebWorkerLike extends Endpoint {
  terminate(): void
}

/** A worker of the platform: a Web Worker, or one of `node:worker_threads`. */
export type WorkerLike = WebWorkerLike | ThreadLike

export function isThread(worker: WorkerLike): worker is ThreadLike {
  return 'on' in worker && typeof worker.on === 'function'
}

/** A port of Node, as far as messages go through it. */
interface Port {
  postMessage(message: unknown): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  off(event: 'message', listener: (data: unknown) => void): unknown
}

/** A port of Node in the shape that Web Workers have. Comlink has such an adapter too, but none that Node and bundlers both import. */
export function endpointOf(port: Port): Endpoint {
  const listeners = new Map<EventListenerOrEventListenerObject, (data: unknown) => void>()
  return {
    postMessage: (message: unknown) => port.postMessage(message),
    addEventListener(_type, listener) {
      const listen = (data: unknown): void => {
        const event = Object.assign(new Event('message'), { data })
        if (typeof listener === 'function') listener(event)
        else listener.handleEvent(event)
      }
      listeners.set(listener, listen)
      port.on('message', listen)
    },
    removeEventListener(_type, listener) {
      const listen = listeners.get(listener)
      if (listen !== undefined) port.off('message', listen)
      listeners.delete(listener)
    },
  }
}
