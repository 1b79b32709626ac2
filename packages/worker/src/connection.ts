import { NeuriteError } from '@neurite/core'
import { aBoolean, having, listOf, optional, or, readOptions } from '@neurite/core/arguments'
import type { CallOptions, StreamOptions } from './connect.js'
import { errorOf, failureOf } from './failure.js'
import { isReply, type Answer, type Reply, type Request } from './messages.js'
import { checkSendable } from './sendable.js'
import { channelTo, claim, type Channel, type AnyWorker } from './any-worker.js'

const CALL_READERS = {
  signal: /* @__PURE__ */ optional(
    /* @__PURE__ */ having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener'),
  ),
  transfer: /* @__PURE__ */ or([], /* @__PURE__ */ listOf(/* @__PURE__ */ having<object>('an object to move'))),
}
const STREAM_READERS = { ...CALL_READERS, prefetch: /* @__PURE__ */ or(false, aBoolean) }

/** What was not a failure. */
type Given = Exclude<Answer, { readonly neurite: 'failed' }>

interface Waiting {
  resolve(given: Given): void
  reject(why: unknown): void
}

/** One call or stream. Its questions go one after another: each waits for the answer to the one before. */
interface Talk {
  ask(neurite: 'next' | 'end'): Promise<Given>
  ask(neurite: 'call' | 'stream', args: unknown, transfer: readonly object[]): Promise<Given>
  /** Whether the worker still has it. */
  isOpen(): boolean
  /** No abort is heard any more. */
  close(): void
}

/** The page's side: what `Remote` is without its types. */
export class Connection {
  readonly #channel: Channel
  readonly #name: string
  readonly #waiting = new Map<number, Waiting>()
  /** Messages for a worker that does not listen yet: browsers drop what comes while its module awaits something. */
  #held: { readonly message: Request; readonly transfer: readonly object[] }[] | undefined = []
  #last = 0
  #ended: NeuriteError | undefined

  constructor(worker: AnyWorker, address: string | URL | undefined) {
    this.#name = address === undefined ? 'the worker' : `the worker ${String(address)}`
    this.#channel = channelTo('connect', worker, {
      message: (data) => {
        if (isReply(data)) this.#receive(data)
      },
      unread: () => this.#die('a message from it could not be read'),
      died: (why) => this.#die(why),
    })
    claim(worker, () => 'connect: this worker is connected already; use that connection, or make another worker.')
    this.#channel.hold(false)
    this.#channel.post({ neurite: 'hello' } satisfies Request, [])
  }

  async call(task: string, args?: unknown, options: CallOptions = {}): Promise<unknown> {
    const where = `call('${task}')`
    const { signal, transfer } = readOptions(where, options, CALL_READERS)
    const moved = checkSendable(where, 'args', args)
    const talk = this.#talk(task, signal)
    try {
      return (await talk.ask('call', args, [...transfer, ...moved])).value
    } finally {
      talk.close()
    }
  }

  async *stream(
    task: string,
    args?: unknown,
    options: StreamOptions = {},
  ): AsyncGenerator<unknown, unknown, undefined> {
    const where = `stream('${task}')`
    const { signal, transfer, prefetch } = readOptions(where, options, STREAM_READERS)
    const moved = checkSendable(where, 'args', args)
    const talk = this.#talk(task, signal)
    const next = (): Promise<Given> => {
      const given = talk.ask('next')
      // It is awaited later: until then its failure is not unhandled.
      given.catch(() => undefined)
      return given
    }
    let ahead: Promise<Given> | undefined
    try {
      let given = await talk.ask('stream', args, [...transfer, ...moved])
      while (given.neurite === 'event') {
        ahead = prefetch ? next() : undefined
        yield given.value
        given = await (ahead ?? next())
      }
      return given.value
    } finally {
      await ahead?.catch(() => undefined)
      if (talk.isOpen()) await talk.ask('end')
      talk.close()
    }
  }

  dispose(): void {
    this.#end(new NeuriteError('ABORTED', `${this.#name} was ended by dispose(); connect to another.`))
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #talk(task: string, signal: AbortSignal | undefined): Talk {
    const id = ++this.#last
    let open = false
    const stop = (): void => {
      if (open) this.#post({ neurite: 'abort', id, reason: failureOf(signal?.reason) })
      open = false
      this.#answered(id)?.reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop)
    return {
      ask: (neurite: 'call' | 'stream' | 'next' | 'end', args?: unknown, transfer: readonly object[] = []) =>
        new Promise<Given>((resolve, reject) => {
          // What was thrown here rejects.
          if (signal?.aborted === true) throw signal.reason
          if (this.#ended !== undefined) throw this.#ended
          const asked = neurite === 'next' || neurite === 'end' ? { neurite, id } : { neurite, id, task, args }
          this.#post(asked, transfer)
          open = true
          this.#waiting.set(id, { resolve, reject })
          this.#channel.hold(true)
        }).then(
          (given) => {
            open = given.neurite === 'event'
            return given
          },
          (error: unknown) => {
            open = false
            throw error
          },
        ),
      isOpen: () => open,
      close: () => signal?.removeEventListener('abort', stop),
    }
  }

  #post(message: Request, transfer: readonly object[] = []): void {
    const unique = [...new Set(transfer)]
    try {
      if (this.#held === undefined) this.#channel.post(message, unique)
      // As it is now: what the page does with it later is not to be seen. The moved parts are moved again.
      else this.#held.push(structuredClone({ message, transfer: unique }, { transfer: unique as Transferable[] }))
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      const what = 'task' in message ? `${message.neurite}('${message.task}')` : message.neurite
      throw new NeuriteError('INVALID_ARGUMENT', `${what}: it cannot be sent to ${this.#name}: ${said}.`, {}, error)
    }
  }

  #receive(reply: Reply): void {
    if (reply.neurite === 'lost') return this.#die('a message to it could not be read there')
    if (reply.neurite === 'ready') {
      const held = this.#held ?? []
      this.#held = undefined
      held.forEach(({ message, transfer }) => this.#channel.post(message, transfer))
      return
    }
    const waiting = this.#answered(reply.id)
    if (reply.neurite === 'failed') waiting?.reject(errorOf(reply.failure))
    else waiting?.resolve(reply)
  }

  /** Who waited for this answer; undefined if nobody does any more. */
  #answered(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#channel.hold(false)
    return waiting
  }

  #die(why: unknown): void {
    const said = why instanceof Error ? `${why.name}: ${why.message}` : String(why)
    const message = `${this.#name} ended: ${said}. Its module must load, call expose, and catch its own errors; make another worker and connect to it.`
    this.#end(new NeuriteError('WORKER_FAILED', message, {}, why))
  }

  #end(why: NeuriteError): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    this.#channel.end()
    this.#held = []
    for (const id of [...this.#waiting.keys()]) this.#answered(id)?.reject(why)
  }
}
