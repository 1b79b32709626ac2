import { NeuriteError } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import type { WebWorkerLike } from '../../src/any-worker.js'
import { connect, expose } from '../../src/index.js'
import { errorOf, failureOf } from '../../src/failure.js'
import { isReply, isRequest } from '../../src/messages.js'
import { reasonOf } from '../support/threads.js'

// The messages themselves: what is one of ours, in which order they go, and when the process is kept alive.

describe('a message is ours or not', () => {
  const foreign = [
    undefined,
    null,
    0,
    'hello',
    [],
    {},
    { neurite: 'other', id: 1 },
    { neurite: true, id: 1 },
    { id: 1 },
  ]
  const withId = (neurite: string, rest: object = {}): unknown[] =>
    [undefined, '1', 1.5, NaN, 2 ** 53, null].map((id) => ({ neurite, id, ...rest }))

  test('to the worker', () => {
    for (const data of [
      { neurite: 'hello' },
      { neurite: 'call', id: 1, task: 'a' },
      { neurite: 'stream', id: 0, task: '' },
      { neurite: 'next', id: 3 },
      { neurite: 'end', id: -1 },
      { neurite: 'abort', id: 1, reason: {} },
    ])
      expect(isRequest(data), JSON.stringify(data)).toBe(true)
    for (const data of [
      ...foreign,
      ...withId('call', { task: 'a' }),
      ...withId('next'),
      ...withId('abort', { reason: {} }),
      { neurite: 'call', id: 1 },
      { neurite: 'stream', id: 1, task: 7 },
      { neurite: 'abort', id: 1 },
      { neurite: 'abort', id: 1, reason: null },
      { neurite: 'abort', id: 1, reason: 'enough' },
      { neurite: 'ready' },
      { neurite: 'done', id: 1 },
    ])
      expect(isRequest(data), JSON.stringify(data)).toBe(false)
  })

  test('from the worker', () => {
    for (const data of [
      { neurite: 'ready' },
      { neurite: 'lost' },
      { neurite: 'event', id: 1, value: 1 },
      { neurite: 'done', id: 1 },
      { neurite: 'failed', id: 1, failure: {} },
    ])
      expect(isReply(data), JSON.stringify(data)).toBe(true)
    for (const data of [
      ...foreign,
      ...withId('event'),
      ...withId('failed', { failure: {} }),
      { neurite: 'failed', id: 1 },
      { neurite: 'failed', id: 1, failure: null },
      { neurite: 'hello' },
      { neurite: 'call', id: 1, task: 'a' },
    ])
      expect(isReply(data), JSON.stringify(data)).toBe(false)
  })
})

describe('an error', () => {
  const depth = (error: unknown): number => (error instanceof Error ? 1 + depth(error.cause) : 0)

  test('takes eight causes along, and ends where they go in circles', () => {
    const circle: Error & { cause?: unknown } = new Error('round')
    circle.cause = circle
    expect(depth(errorOf(failureOf(circle)))).toBe(9)
    let long = new Error('0')
    for (let i = 1; i < 12; i++) long = new Error(String(i), { cause: long })
    expect(depth(errorOf(failureOf(long)))).toBe(9)
    expect(depth(errorOf(failureOf(new Error('one', { cause: new Error('two') }))))).toBe(2)
    // What was made up by another side.
    const made: Record<string, unknown> = { message: 'made' }
    made['cause'] = made
    expect(depth(errorOf(made))).toBe(9)
  })

  test('is the same on both sides: name, text, code, details that can be sent', () => {
    const back = errorOf(failureOf(new NeuriteError('SHAPE_MISMATCH', 'no.', { shape: [2], f: () => 1 })))
    expect(back).toMatchObject({ code: 'SHAPE_MISMATCH', message: 'no. [SHAPE_MISMATCH]', details: { shape: [2] } })
    expect((back as NeuriteError).details).not.toHaveProperty('f')
    const range = errorOf(failureOf(new RangeError('far')))
    expect([range.name, range.message, NeuriteError.isInstance(range)]).toEqual(['RangeError', 'far', false])
    expect(errorOf(failureOf('words'))).toMatchObject({ name: 'Error', message: 'words' })
    expect(errorOf(failureOf(new DOMException('gone', 'AbortError')))).toMatchObject({ name: 'AbortError', message: 'gone' }) // prettier-ignore
    expect(failureOf({ name: 'Odd', message: 'said' })).toMatchObject({ name: 'Odd', message: 'said', code: undefined })
    expect(failureOf({ message: 'said' }).message).toBe('[object Object]')
    expect(failureOf(null).message).toBe('null')
  })

  test('that anybody may have sent is made of what is there', () => {
    expect(errorOf({})).toMatchObject({ name: 'undefined', message: 'undefined' })
    expect(errorOf({ code: 'toString', message: 'a' })).not.toHaveProperty('code')
    expect(errorOf({ code: 7, message: 'a' })).not.toHaveProperty('code')
    expect(errorOf({ code: 'NON_FINITE', message: 'a', details: 'none' })).toMatchObject({ details: {} })
    expect(errorOf({ message: 'a', stack: 'here' }).stack).toBe('here')
    expect(errorOf({ message: 'a', stack: 7 }).stack).not.toBe(7)
    expect(errorOf({ message: 'a', cause: 'none' }).cause).toBeUndefined()
  })
})

/** A worker that only notes what happens to it. */
function thread() {
  const log: string[] = []
  const listeners = new Map<string, (value: never) => void>()
  const worker = {
    postMessage: (message: { neurite: string; id?: number }) => void log.push(`${message.neurite} ${message.id ?? ''}`.trim()), // prettier-ignore
    on: (event: string, listener: (value: never) => void) => void listeners.set(event, listener),
    terminate: () => (log.push('terminate'), Promise.resolve(0)),
    ref: () => void log.push('ref'),
    unref: () => void log.push('unref'),
  }
  return { worker, log, tell: (event: string, value: unknown) => listeners.get(event)!(value as never) }
}

describe('a connection', () => {
  test('holds what it asks until the worker is ready, and the process while something is asked', async () => {
    const { worker, log, tell } = thread()
    const remote = connect<{ a(): Promise<number> }>(worker)
    expect(log).toEqual(['unref', 'hello'])
    const [one, two] = [remote.call('a'), remote.call('a')]
    await Promise.resolve()
    expect(log).toEqual(['unref', 'hello', 'ref', 'ref'])
    tell('message', { neurite: 'done', id: 9, value: 0 })
    tell('message', 'foreign')
    tell('message', { neurite: 'ready' })
    expect(log.slice(4)).toEqual(['call 1', 'call 2'])
    tell('message', { neurite: 'done', id: 2, value: 20 })
    expect(await two).toBe(20)
    expect(log.slice(6)).toEqual([])
    tell('message', { neurite: 'done', id: 1, value: 10 })
    expect(await one).toBe(10)
    expect(log.slice(6)).toEqual(['unref'])
    // An answer that nobody waits for, and a second greeting.
    tell('message', { neurite: 'done', id: 1, value: 11 })
    tell('message', { neurite: 'ready' })
    const three = remote.call('a')
    expect(log.at(-1)).toBe('ref')
    expect(log.filter((line) => line.startsWith('call'))).toEqual(['call 1', 'call 2', 'call 3'])
    remote.dispose()
    remote.dispose()
    expect(log.filter((line) => line === 'terminate')).toHaveLength(1)
    expect(log.at(-1)).toBe('unref')
    expect(String(await reasonOf(three))).toMatch(/the worker was ended by dispose\(\); connect to another/)
  })

  test('tells the worker of an abort only while it is asked, and hears no more of it afterwards', async () => {
    const { worker, log, tell } = thread()
    const remote = connect<{ a(): Promise<number> }>(worker)
    tell('message', { neurite: 'ready' })
    const controller = new AbortController()
    const done = remote.call('a', undefined, { signal: controller.signal })
    tell('message', { neurite: 'done', id: 1, value: 1 })
    expect(await done).toBe(1)
    const asked = reasonOf(remote.call('a', undefined, { signal: controller.signal }))
    controller.abort('enough')
    expect(await asked).toBe('enough')
    expect(log.filter((line) => /abort|call/.test(line))).toEqual(['call 1', 'call 2', 'abort 2'])
    expect(await reasonOf(remote.call('a', undefined, { signal: controller.signal }))).toBe('enough')
    expect(log.filter((line) => /abort|call/.test(line))).toHaveLength(3)
    remote.dispose()
  })

  test.each([
    ['error', new RangeError('no memory'), 'the worker ended: RangeError: no memory.'],
    ['error', 'words', 'the worker ended: words.'],
    ['exit', 3, 'the worker ended: it exited with code 3.'],
    ['messageerror', new Error('odd'), 'the worker ended: a message from it could not be read.'],
    ['message', { neurite: 'lost' }, 'the worker ended: a message to it could not be read there.'],
  ])('dies by %s: %s', async (event, value, words) => {
    const { worker, log, tell } = thread()
    const remote = connect<{ a(): Promise<number> }>(worker)
    const waiting = reasonOf(remote.call('a'))
    tell(event, value)
    const reason = await waiting
    expect(reason).toMatchObject({ code: 'WORKER_FAILED' })
    expect((reason as Error).message).toContain(`${words} Its module must load, call expose, and catch its own errors`)
    expect(log).toContain('terminate')
    expect(await reasonOf(remote.call('a'))).toBe(reason)
    // The first reason stays.
    tell('exit', 1)
    expect(await reasonOf(remote.call('a'))).toBe(reason)
  })

  test.each([
    [{ error: new RangeError('no memory') }, 'RangeError: no memory'],
    [{ message: 'no memory', filename: 'worker.js', lineno: 7 }, 'no memory (worker.js:7)'],
    [{ message: 'no memory', filename: '' }, 'no memory'],
    [{ message: 'no memory' }, 'no memory'],
    [{ message: '' }, 'its module could not be loaded'],
    [{}, 'its module could not be loaded'],
  ])('of a page says why its worker died: %j', async (event, words) => {
    const listeners = new Map<string, (event: unknown) => void>()
    const worker = {
      postMessage: () => undefined,
      addEventListener: (type: string, listener: (event: unknown) => void) => void listeners.set(type, listener),
      terminate: () => undefined,
    } as WebWorkerLike
    const remote = connect<{ a(): Promise<number> }>(worker, { address: 'w.js' })
    const waiting = reasonOf(remote.call('a'))
    listeners.get('error')!(event)
    expect(String(await waiting)).toContain(` ended: ${words}.`)
  })

  test('is one to a worker, and a module offers its tasks once', () => {
    const { worker } = thread()
    connect(worker as never)
    expect(() => connect(worker as never)).toThrow(/connect: this worker is connected already; use that connection/)
    const { port1 } = new MessageChannel()
    expose({}, port1)
    expect(() => expose({}, port1)).toThrow(/expose: tasks are offered here already; offer all of them at once/)
    port1.close()
    expect(() => connect(7 as never)).toThrow(/worker must be a Worker, made by new Worker\(\.\.\.\), or a MessagePort, got 7/) // prettier-ignore
    expect(() => expose({ a: 7 } as never, new MessageChannel().port1)).toThrow(/tasks\.a must be a function, got 7/)
    expect(() => expose({})).toThrow(/expose: this is no worker; call it in a module that new Worker/)
  })
})

describe('tasks', () => {
  /** Sends messages to tasks, and gives what came back. */
  const talk = async (tasks: object, ...messages: readonly unknown[]): Promise<unknown[]> => {
    const { port1, port2 } = new MessageChannel()
    const replies: unknown[] = []
    port1.addEventListener('message', ({ data }: MessageEvent<{ failure?: { message: string; code: string } }>) => {
      const { failure } = data
      replies.push(failure === undefined ? data : { ...data, failure: `${failure.code}: ${failure.message}` })
    })
    port1.start()
    expose(tasks as never, port2)
    for (const message of messages) {
      port1.postMessage(message)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    port1.close()
    return replies
  }

  test('greet, and answer what is asked; what is no question has no answer', async () => {
    const replies = await talk(
      { double: (x: number) => 2 * x, *up() { yield 1; return 2 } }, // prettier-ignore
      ...[{ neurite: 'hello' }, 'foreign', { neurite: 'next', id: 7 }, { neurite: 'end', id: 7 }],
      { neurite: 'call', id: 1, task: 'double', args: 4 },
      { neurite: 'next', id: 1 },
      { neurite: 'stream', id: 2, task: 'up' },
      ...[
        { neurite: 'next', id: 2 },
        { neurite: 'next', id: 2 },
      ],
      { neurite: 'stream', id: 3, task: 'up' },
      { neurite: 'end', id: 3 },
      { neurite: 'call', id: 4, task: 'up' },
      { neurite: 'stream', id: 5, task: 'double', args: 1 },
      { neurite: 'call', id: 6, task: 'toString' },
      { neurite: 'abort', id: 9, reason: {} },
    )
    expect(replies).toEqual([
      { neurite: 'ready' },
      { neurite: 'ready' },
      { neurite: 'done', id: 1, value: 8 },
      { neurite: 'event', id: 2, value: 1 },
      { neurite: 'done', id: 2, value: 2 },
      { neurite: 'event', id: 3, value: 1 },
      { neurite: 'done', id: 3, value: undefined },
      { neurite: 'failed', id: 4, failure: "INVALID_ARGUMENT: expose: task 'up' is a stream of events: use remote.stream. [INVALID_ARGUMENT]" }, // prettier-ignore
      { neurite: 'failed', id: 5, failure: "INVALID_ARGUMENT: expose: task 'double' is no generator and answers once: use remote.call. [INVALID_ARGUMENT]" }, // prettier-ignore
      { neurite: 'failed', id: 6, failure: "INVALID_ARGUMENT: expose: there is no task 'toString'; the worker has double, up. [INVALID_ARGUMENT]" }, // prettier-ignore
    ])
  })

  test('that are aborted hear why, end their generators, and say nothing more', async () => {
    const heard: unknown[] = []
    const replies = await talk(
      {
        wait: (_: unknown, { signal }: { signal: AbortSignal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              heard.push((signal.reason as Error).message)
              resolve('late')
            })
          }),
        *rest() {
          try {
            yield 1
          } finally {
            heard.push('closed')
          }
        },
      },
      { neurite: 'call', id: 1, task: 'wait' },
      { neurite: 'abort', id: 1, reason: { name: 'Error', message: 'enough' } },
      { neurite: 'stream', id: 2, task: 'rest' },
      { neurite: 'abort', id: 2, reason: { name: 'Error', message: 'enough' } },
      { neurite: 'next', id: 2 },
    )
    expect(heard).toEqual(['enough', 'closed'])
    expect(replies).toEqual([{ neurite: 'ready' }, { neurite: 'event', id: 2, value: 1 }])
  })
})
