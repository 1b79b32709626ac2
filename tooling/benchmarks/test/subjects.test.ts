import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { CASES } from './support/cases.js'
import { start, STEPS, type Started } from './support/started.js'

// Do the real programs compute the same?

/** The subjects that can do each, beside ours. */
const ABLE: Readonly<Record<string, readonly string[]>> = {
  'tanh-mse-sgd': ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'convnetjs'],
  'tanh-mse-adam': ['tfjs-cpu', 'tfjs-wasm'],
  'relu-crossentropy-sgd': ['tfjs-cpu', 'tfjs-wasm', 'convnetjs'],
  'relu-crossentropy-adam': ['tfjs-cpu', 'tfjs-wasm'],
  'cnn-crossentropy-sgd': ['tfjs-cpu', 'convnetjs'],
  matmul: ['tfjs-cpu', 'tfjs-wasm'],
  softmax: ['tfjs-cpu', 'tfjs-wasm'],
  inference: ['tfjs-cpu', 'tfjs-wasm', 'convnetjs'],
}

let subjects: Started
beforeAll(async () => {
  subjects = await start(SUBJECTS.filter(({ gpu }) => gpu === undefined))
}, 60_000)
afterAll(() => subjects.stop())

describe.each(CASES)('$id', (workload) => {
  const able = ABLE[workload.id]!

  test('is the same arithmetic in every library', { timeout: 30_000 }, async () => {
    const traces = new Map<string, Trace>()
    for (const name of ['cpu', ...able, 'torch']) {
      const trace = await subjects.traceOf(name, workload)
      if (typeof trace !== 'string') traces.set(name, trace)
    }
    // Python is not on every machine; the rest is.
    expect([...traces.keys()].filter((name) => name !== 'torch')).toEqual(['cpu', ...able])
    expect(traces.get('cpu')).toHaveLength(STEPS)
    expect(Object.fromEntries(disagreements(traces))).toEqual({})
  })
})

test('the check notices other starting numbers', async () => {
  const workload = CASES[0]!
  const ours = await subjects.traceOf('cpu', workload, 0)
  const peer = await subjects.traceOf('tfjs-cpu', workload, 1)
  expect(
    disagreements(
      new Map([
        ['cpu', ours as Trace],
        ['tfjs-cpu', peer as Trace],
      ]),
    ).size,
  ).toBe(1)
})

test('training moves the loss', async () => {
  const trace = (await subjects.traceOf('cpu', CASES[0]!)) as Trace
  expect(trace.at(-1)![0]).toBeLessThan(0.9 * trace[0]![0]!)
})

test('what a library lacks is said, not computed', async () => {
  expect(await subjects.traceOf('tfjs-wasm', CASES[4]!)).toContain('Conv2DBackpropFilter')
  expect(await subjects.traceOf('convnetjs', CASES[1]!)).toContain('Adam')
  expect(await subjects.traceOf('plain-js', CASES[2]!)).toContain('W1')
})

test('every started subject names itself', async () => {
  for (const [name, client] of subjects.clients) {
    const reply = await client.ask({ op: 'describe' })
    if (name === 'torch' && 'absent' in reply) continue
    expect(reply, name).toHaveProperty('version')
  }
})
