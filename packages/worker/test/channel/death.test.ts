import { describe, expect, expectTypeOf, test } from 'vitest'
import { connect, expose, type CallsOf, type StreamsOf, type TaskContext } from '../../src/index.js'
import { reasonOf, threads } from '../support/threads.js'
import type { Tasks } from './tasks.js'

const start = threads(import.meta.dirname, 'worker', 'silent')

const failed = (message: RegExp) => ({ code: 'WORKER_FAILED', message: expect.stringMatching(message) as string })

describe('a thread that dies rejects what is in flight and what comes', () => {
  test('by its exit', async () => {
    using remote = connect<Tasks>(start())
    const waiting = reasonOf(remote.call('wait', undefined))
    const events = remote.stream('count', { to: 3 })
    await events.next()
    expect(await reasonOf(remote.call('exit', 3))).toMatchObject(failed(/exited with code 3/))
    expect(await waiting).toMatchObject(failed(/exited with code 3/))
    expect(await reasonOf(events.next())).toMatchObject(failed(/exited with code 3/))
    expect(await reasonOf(remote.call('hello'))).toMatchObject(failed(/make another worker/))
  })
  test('by an error that nobody caught', async () => {
    using remote = connect<Tasks>(start(), { address: 'tasks.js' })
    const error = await reasonOf(remote.call('uncaught'))
    expect(error).toMatchObject(failed(/the worker tasks\.js ended: SyntaxError/))
    expect((error as Error).cause).toMatchObject({ name: 'SyntaxError' })
  })
  test('by a module that cannot be loaded, or exposes nothing', async () => {
    using absent = connect<Tasks>(start('absent'))
    expect(await reasonOf(absent.call('hello'))).toMatchObject(failed(/Cannot find module.*absent/))
    using silent = connect<Tasks>(start('silent'))
    expect(await reasonOf(silent.call('hello'))).toMatchObject(failed(/exited with code 0.*call expose/))
  })
})

describe('messages', () => {
  test('of others are ignored, on both sides', async () => {
    const { port1, port2 } = new MessageChannel()
    let calls = 0
    expose({ count: () => ++calls }, port2)
    using remote = connect<{ count: () => number }>(port1)
    expect(await remote.call('count')).toBe(1)
    for (const message of [
      'text',
      null,
      { neurite: 'question', point: 1 },
      { neurite: 'call', id: '1', task: 'count' },
      { neurite: 'call', id: 99, task: 3 },
      { neurite: 'abort', id: 1 },
      { neurite: 'next', id: 77 },
    ])
      port1.postMessage(message)
    for (const message of [
      undefined,
      { neurite: 'done', id: 2.5, value: 9 },
      { neurite: 'done', id: 77, value: 9 },
      { neurite: 'failed', id: 2 },
    ])
      port2.postMessage(message)
    expect(await remote.call('count')).toBe(2)
    expect(calls).toBe(2)
  })
  test('of a failure that is damaged give an error all the same', async () => {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = ({ data: { neurite, id } }: MessageEvent<{ neurite: string; id: number }>) =>
      port2.postMessage(
        neurite === 'hello'
          ? { neurite: 'ready' }
          : { neurite: 'failed', id, failure: { message: 3, code: 'constructor', cause: 7 } },
      )
    using remote = connect<Tasks>(port1)
    expect(await reasonOf(remote.call('hello'))).toMatchObject({ message: '3' })
  })
})

describe('a Web Worker', () => {
  const fake = () => {
    const target = new EventTarget()
    let over = 0
    return {
      worker: Object.assign(target, { postMessage: () => undefined, terminate: () => void over++ }),
      fire: (type: string, values: object) => target.dispatchEvent(Object.assign(new Event(type), values)),
      ended: () => over,
    }
  }
  test.each([
    ['error', { message: 'Uncaught SyntaxError: x', filename: 'https://a/b.js', lineno: 7 }, /SyntaxError.*b\.js:7/],
    ['error', {}, /its module could not be loaded/],
    ['error', { error: new RangeError('too far') }, /RangeError: too far/],
    ['messageerror', {}, /a message from it could not be read/],
    ['message', { data: { neurite: 'lost' } }, /a message to it could not be read/],
  ])('that tells of its end by %s %j is ended', async (type, values, message) => {
    const { worker, fire, ended } = fake()
    const remote = connect<Tasks>(worker)
    const waiting = reasonOf(remote.call('hello'))
    fire(type, values)
    expect(await waiting).toMatchObject(failed(message))
    expect(ended()).toBe(1)
  })
})

test('a port that is closed ends streams and calls on the other side', async () => {
  let closed = 0
  const tasks = {
    async *count(_: undefined, { signal }: TaskContext) {
      try {
        for (let i = 0; ; i++) yield i + Number(signal.aborted)
      } finally {
        closed++
      }
      await Promise.resolve()
    },
  }
  const { port1, port2 } = new MessageChannel()
  expose(tasks, port2)
  const remote = connect<typeof tasks>(port1)
  await remote.stream('count').next()
  remote.dispose()
  await expect.poll(() => closed).toBe(1)
})

test('calls take tasks that answer once, streams those that yield, with the types of each', () => {
  using remote = connect<Tasks>(new MessageChannel().port1)
  expectTypeOf(remote.call<'sum'>).returns.toEqualTypeOf<Promise<number>>()
  expectTypeOf(remote.stream<'count'>).returns.toEqualTypeOf<AsyncGenerator<number, string, undefined>>()
  expectTypeOf(remote.stream<'letters'>).returns.toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
  expectTypeOf<Parameters<typeof remote.call<'hello'>>[1]>().toEqualTypeOf<undefined>()
  expectTypeOf<CallsOf<Tasks>>().toEqualTypeOf<
    'sum' | 'hello' | 'seen' | 'fill' | 'wait' | 'fail' | 'again' | 'uncloneable' | 'exit' | 'uncaught'
  >()
  expectTypeOf<StreamsOf<Tasks>>().toEqualTypeOf<'count' | 'letters' | 'badEvent'>()
})

test('one end has one conversation', () => {
  const { port1, port2 } = new MessageChannel()
  using _ = connect<Tasks>(port1)
  expect(() => connect<Tasks>(port1)).toThrow(/connected already/)
  expose({}, port2)
  expect(() => expose({}, port2)).toThrow(/offer all of them at once/)
})

test('wrong calls', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as object
  expect(() => connect({} as never)).toThrow(invalid)
  expect(() => connect(new MessageChannel().port1, { adress: 'x' } as never)).toThrow(/adress/)
  expect(() => connect(new MessageChannel().port1, { address: 3 } as never)).toThrow(invalid)
  expect(() => expose({ a: 3 } as never)).toThrow(/tasks\.a must be a function/)
  expect(() => expose({ a: () => 3 })).toThrow(/this is no worker/)
})
