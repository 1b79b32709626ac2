import type { Failure } from './failure.js'

/** What the page sends. `id` names a call or a stream; `next` and `end` are the generator's `next` and `return`. */
export type Request =
  | { readonly neurite: 'hello' }
  | { readonly neurite: 'call' | 'stream'; readonly id: number; readonly task: string; readonly args: unknown }
  | { readonly neurite: 'next' | 'end'; readonly id: number }
  | { readonly neurite: 'abort'; readonly id: number; readonly reason: Failure }

/**
 * What the worker sends: one reply for each request but `hello`, to which it is `ready`, and `abort`. It is `ready` also when it begins to
 * listen: whichever side comes first, the other hears of it. `lost` is a message that could not be read.
 */
export type Reply =
  | { readonly neurite: 'ready' }
  | { readonly neurite: 'lost' }
  | { readonly neurite: 'event' | 'done'; readonly id: number; readonly value: unknown }
  | { readonly neurite: 'failed'; readonly id: number; readonly failure: Failure }

/** An answer to something that was asked. */
export type Answer = Exclude<Reply, { readonly neurite: 'ready' } | { readonly neurite: 'lost' }>

/** Whether a message is of this channel: the module on either side may send others. */
export function isRequest(data: unknown): data is Request {
  if (!isRecord(data)) return false
  const { neurite, id, task, reason } = data
  if (neurite === 'hello') return true
  if (!Number.isSafeInteger(id)) return false
  if (neurite === 'call' || neurite === 'stream') return typeof task === 'string'
  return neurite === 'next' || neurite === 'end' || (neurite === 'abort' && isRecord(reason))
}

/** As {@link isRequest}, on the other side. */
export function isReply(data: unknown): data is Reply {
  if (!isRecord(data)) return false
  const { neurite, id, failure } = data
  if (neurite === 'ready' || neurite === 'lost') return true
  if (!Number.isSafeInteger(id)) return false
  return neurite === 'event' || neurite === 'done' || (neurite === 'failed' && isRecord(failure))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
