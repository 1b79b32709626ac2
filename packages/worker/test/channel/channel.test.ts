import { NeuriteError, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, expose, transferring, type Remote } from '../../src/index.js'
import { reasonOf, threads } from '../support/threads.js'
import { tasks, type Tasks } from './tasks.js'

const start = threads(import.meta.dirname, 'worker', 'silent')

function port(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  expose(tasks, port2)
  return port1
}

describe.each([
  ['a thread', () => start()],
  ['a port', port],
])('%s', (_, make) => {
  let remote: Remote<Tasks>
  beforeEach(() => {
    remote = connect<Tasks>(make())
  })
  afterEach(() => remote.dispose())

  describe('a call', () => {
    test('is answered, several at once', async () => {
      const values = new Float32Array([1, 2, 3])
      const [sum, hello] = await Promise.all([remote.call('sum', { values }), remote.call('hello')])
      expect(sum).toBe(6)
      expect(hello).toBe('hello')
    })
    test('copies arguments as they are when it is made, and moves them if asked', async () => {
      const values = new Float32Array([1, 2, 3])
      const sum = remote.call('sum', { values })
      values.fill(7)
      expect(await sum).toBe(6)
      expect(await remote.call('sum', { values }, { transfer: [values.buffer] })).toBe(21)
      expect(values).toHaveLength(0)
      const others = new Float32Array([4])
      // Twice the same buffer is not an error.
      expect(
        await remote.call('sum', transferring({ values: others }), { transfer: [others.buffer, others.buffer] }),
      ).toBe(4)
      expect(others).toHaveLength(0)
    })
    test('gives copies, or what the task moves, and copies what is a part of a buffer', async () => {
      const copied = await remote.call('fill', { length: 3, moved: false })
      const moved = await remote.call('fill', { length: 3, moved: true })
      expect([...copied.values, ...moved.values]).toEqual([1, 1, 1, 1, 1, 1])
      expect(moved.view).toHaveLength(6)
    })
    test('is ended by its signal, with the reason, here and there', async () => {
      const controller = new AbortController()
      const waiting = reasonOf(remote.call('wait', undefined, { signal: controller.signal }))
      await remote.call('hello')
      const reason = new Error(`enough of ${_}`)
      controller.abort(reason)
      expect(await waiting).toBe(reason)
      expect((await remote.call('seen')).aborted).toContain(reason.message)
      expect(await reasonOf(remote.call('hello', undefined, { signal: controller.signal }))).toBe(reason)
      expect(await remote.call('hello')).toBe('hello')
    })
  })

  describe('a stream', () => {
    test('gives the events of a generator, and what it returns', async () => {
      const events: number[] = []
      for await (const event of remote.stream('count', { to: 3 })) events.push(event)
      expect(events).toEqual([0, 1, 2])
      expect(await remote.stream('count', { to: 0 }).next()).toEqual({ done: true, value: 'all' })
      const letters: string[] = []
      for await (const letter of remote.stream('letters', 'abc')) letters.push(letter)
      expect(letters).toEqual(['a', 'b', 'c'])
    })
    test.each([
      [false, 0],
      [true, 1],
    ])('makes no event before it is asked; with prefetch %s, %i ahead', async (prefetch, ahead) => {
      const events = remote.stream('count', { to: 9 }, { prefetch })
      await events.next()
      await events.next()
      // Each call is a message after the last `next`: the generator has had every turn that it could use.
      for (let i = 0; i < 5; i++) await remote.call('hello')
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect((await remote.call('seen')).made).toBe(2 + ahead)
      expect(await events.next()).toEqual({ done: false, value: 2 })
      await events.return('all')
    })
    test.each([false, true])('that is left ends its generator (prefetch %s)', async (prefetch) => {
      const { closed } = { ...(await remote.call('seen')) }
      for await (const event of remote.stream('count', { to: 9 }, { prefetch })) if (event === 1) break
      const after = await remote.call('seen')
      expect(after.closed).toBe(closed + 1)
      expect(after.made).toBe(prefetch ? 3 : 2)
      await expect(
        (async () => {
          for await (const event of remote.stream('count', { to: 9 })) throw new Error(`not ${event}`)
        })(),
      ).rejects.toThrow('not 0')
      expect((await remote.call('seen')).closed).toBe(closed + 2)
    })
    test('is ended by its signal while it rests, and while it is asked', async () => {
      const { closed } = { ...(await remote.call('seen')) }
      const resting = new AbortController()
      const events = remote.stream('count', { to: 9 }, { signal: resting.signal })
      await events.next()
      resting.abort(new Error('rested'))
      // The generator ends before anybody asks it again.
      await expect.poll(async () => (await remote.call('seen')).closed).toBe(closed + 1)
      expect(await reasonOf(events.next())).toBe(resting.signal.reason)
      expect(await events.next()).toEqual({ done: true, value: undefined })

      const asked = new AbortController()
      const others = remote.stream('count', { to: 9 }, { signal: asked.signal })
      await others.next()
      const next = reasonOf(others.next())
      asked.abort(new Error('asked'))
      expect(await next).toBe(asked.signal.reason)
      await expect.poll(async () => (await remote.call('seen')).closed).toBe(closed + 2)
      expect((await remote.call('seen')).aborted).toEqual(expect.arrayContaining(['rested', 'asked']))
    })
    test('that fails gives the events before', async () => {
      const events: number[] = []
      const reason = await reasonOf(
        (async () => {
          for await (const event of remote.stream('count', { to: 9, failAt: 2 })) events.push(event)
        })(),
      )
      expect(events).toEqual([0, 1])
      expect(reason).toMatchObject({ code: 'TASK_FAILED', cause: { name: 'RangeError', message: 'no 2' } })
    })
  })

  describe('an error', () => {
    test('of ours arrives with code, message and details', async () => {
      const error = await reasonOf(remote.call('fail', 'coded'))
      expect(NeuriteError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ code: 'SHAPE_MISMATCH', message: 'fail: made up. [SHAPE_MISMATCH]' })
      expect((error as NeuriteError).details).toEqual({ shape: [2, 3] })
      expect((error as NeuriteError).stack).toMatch(/tasks|worker/)
    })
    test('of others is coded and names the task', async () => {
      const error = await reasonOf(remote.call('fail', 'plain'))
      expect(error).toMatchObject({ code: 'TASK_FAILED', details: { task: 'fail' } })
      expect((error as Error).message).toMatch(/task 'fail' threw RangeError: out of paper/)
      expect((error as Error).cause).toMatchObject({ name: 'RangeError', message: 'out of paper' })
      const text = await reasonOf(remote.call('fail', 'text'))
      expect((text as Error).message).toMatch(/task 'fail' threw out of paper/)
    })
    test('brings its causes', async () => {
      const error = await reasonOf(remote.call('fail', 'nested'))
      expect(error).toMatchObject({ cause: { message: 'outer', cause: { code: 'NON_FINITE' } } })
    })
    test('says what is no task, or one of the other kind', async () => {
      const untyped = remote as Remote<never> as Remote<Record<string, () => Promise<void>>>
      expect(await reasonOf(untyped.call('some'))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/no task 'some'.*sum, hello/) as string,
      })
      expect(await reasonOf(untyped.call('constructor'))).toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await reasonOf(untyped.call('letters'))).toMatchObject({
        message: expect.stringMatching(/use remote.stream/) as string,
      })
      expect(await reasonOf(remote.stream('hello' as never, undefined as never).next())).toMatchObject({
        message: expect.stringMatching(/use remote.call/) as string,
      })
    })
  })

  describe('what cannot be sent is refused', () => {
    test.each([
      [{ a: [1, { f: () => 1 }] }, /args\.a\[1\]\.f is a function/],
      [{ a: new Map([['key', Symbol('s')]]) }, /args\.a\.get\(key\) is a symbol/],
      [{ 'a b': new (class Table {})() }, /args\["a b"\] is an instance of Table/],
      [[new Set([tensor([1], { backend: cpu() })])], /args\[0\] item is a tensor.*await tensor\.data\(\)/],
    ])('of the page: %#', async (args, message) => {
      const kept = new Float32Array(2)
      const options = { transfer: [kept.buffer] }
      expect(await reasonOf(remote.call('wait', args, options))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(message) as string,
      })
      expect(kept).toHaveLength(2)
    })
    test('of the worker', async () => {
      expect(await reasonOf(remote.call('fail', 'function'))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/task 'fail': what it returned\.answers\[1\]\.f is a function/) as string,
      })
      expect(await reasonOf(remote.call('fail', 'instance'))).toMatchObject({
        message: expect.stringMatching(/instance of Table/) as string,
      })
      const { closed } = { ...(await remote.call('seen')) }
      const events = remote.stream('badEvent')
      await events.next()
      expect(await reasonOf(events.next())).toMatchObject({
        message: expect.stringMatching(/what it yielded\["not ok"\] is a symbol/) as string,
      })
      expect((await remote.call('seen')).closed).toBe(closed + 1)
    })
    test('memory that was moved before, here and there', async () => {
      const values = new Float32Array([4])
      expect(await remote.call('sum', transferring({ values }))).toBe(4)
      for (const args of [{ values }, transferring({ values }), { values: values.buffer }])
        expect(await reasonOf(remote.call('sum', args as { values: Float32Array }))).toMatchObject({
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(/args\.values is memory that was moved/) as string,
        })
      // Nothing was lost with it: empty memory is sent, and the worker lives.
      expect(await remote.call('sum', { values: new Float32Array(0) })).toBe(0)
      const fresh = connect<Tasks>(make())
      await fresh.call('again').catch(() => undefined)
      expect(await reasonOf(fresh.call('again'))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/what it returned is memory that was moved/) as string,
      })
      fresh.dispose()
    })
    test('an answer that the platform does not clone is a failure, not a silence', async () => {
      for (const [kind, message] of [
        ['WeakMap', /what it returned\.answer is a WeakMap/],
        ['promise', /what it returned\.answer is a promise.*await it/],
      ] as const)
        expect(await reasonOf(remote.call('uncloneable', kind))).toMatchObject({
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(message) as string,
        })
      expect(await reasonOf(remote.call('uncloneable', 'nested'))).toMatchObject({ code: 'TASK_FAILED' })
      expect(await remote.call('hello')).toBe('hello')
    })
    test('also what only the platform knows', async () => {
      expect(await reasonOf(remote.call('wait', new WeakMap()))).toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await reasonOf(remote.call('wait', 1, { transfer: [{}] }))).toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await remote.call('hello')).toBe('hello')
    })
    test('cycles and what stands twice pass', async () => {
      const args: { self?: unknown; values: Float32Array } = { values: new Float32Array([2]) }
      args.self = args
      expect(await remote.call('sum', args)).toBe(2)
    })
  })

  test('dispose ends what is in flight, and what comes', async () => {
    const waiting = reasonOf(remote.call('wait', undefined))
    const events = remote.stream('count', { to: 3 })
    await events.next()
    remote.dispose()
    expect(await waiting).toMatchObject({ code: 'ABORTED' })
    expect(await reasonOf(events.next())).toMatchObject({ code: 'ABORTED' })
    expect(await reasonOf(remote.call('hello'))).toMatchObject({ code: 'ABORTED' })
    remote[Symbol.dispose]()
  })
})
