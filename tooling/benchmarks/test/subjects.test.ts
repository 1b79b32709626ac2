import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { CASES } from './support/cases.js'
import { start, STEPS, type Started } from './support/started.js'

// Do the real programs compute the same?

/** The subjects that can do each, beside ours. */
const ABLE: Readonly<Record<string, readonly string[]>> = {
  'tanh-mse-sgd': ['wasm-floor', 'plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'convnetjs'],
  'tanh-mse-sgd-20': ['wasm-floor', 'plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'convnetjs'],
  'tanh-mse-sgd-many': ['wasm-floor', 'plain-js'],
  'tanh-mse-adam': ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js'],
  'relu-crossentropy-sgd': ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'convnetjs'],
  'relu-crossentropy-adam': ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js'],
  'cnn-crossentropy-sgd': ['tfjs-cpu', 'jax-js', 'convnetjs'],
  matmul: ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'onnxruntime'],
  softmax: ['tfjs-cpu', 'tfjs-wasm', 'jax-js', 'onnxruntime'],
  inference: ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'onnxruntime', 'convnetjs'],
  chain: ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'jax-js'],
}

const OURS = ['cpu', 'wasm', 'wasm:2-threads']

/** Not on every machine; the rest is. */
const PYTHON = ['torch', 'scikit-learn']

let subjects: Started
beforeAll(async () => {
  subjects = await start(SUBJECTS.filter(({ gpu }) => gpu === undefined))
}, 60_000)
afterAll(() => subjects.stop())

describe.each(CASES)('$id', (workload) => {
  const able = ABLE[workload.id]!

  test('is the same arithmetic in every library', { timeout: 30_000 }, async () => {
    const traces = new Map<string, Trace>()
    for (const name of [...OURS, ...able, ...PYTHON]) {
      const trace = await subjects.traceOf(name, workload)
      if (typeof trace !== 'string') traces.set(name, trace)
    }
    expect([...traces.keys()].filter((name) => !PYTHON.includes(name))).toEqual([...OURS, ...able])
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

test('the step by hand is ours to six digits, so it is no floor of something else', async () => {
  const [floor, ours] = [await subjects.traceOf('wasm-floor', CASES[0]!), await subjects.traceOf('cpu', CASES[0]!)]
  for (let step = 0; step < STEPS; step++) {
    const [a, b] = [Number((floor as Trace)[step]![0]), Number((ours as Trace)[step]![0])]
    expect(Math.abs(a - b)).toBeLessThan(1e-6 * b)
  }
})

test('limits take time and compute nothing', async () => {
  for (const name of SUBJECTS.flatMap((subject) => (subject.role === 'limit' ? [subject.name] : []))) {
    const trace = await subjects.traceOf(
      name,
      CASES.find(({ id }) => id === 'matmul')!,
    )
    expect(trace, name).toEqual(Array.from({ length: STEPS }, () => []))
  }
})

test('training moves the loss', async () => {
  const trace = (await subjects.traceOf('cpu', CASES[0]!)) as Trace
  expect(trace.at(-1)![0]).toBeLessThan(0.9 * trace[0]![0]!)
})

test('what a library lacks is said, not computed', async () => {
  const said = (name: string, id: string) =>
    subjects.traceOf(
      name,
      CASES.find((workload) => workload.id === id)!,
    )
  expect(await said('tfjs-wasm', 'cnn-crossentropy-sgd')).toContain('Conv2DBackpropFilter')
  expect(await said('convnetjs', 'tanh-mse-adam')).toContain('Adam')
  expect(await said('wasm-floor', 'relu-crossentropy-sgd')).toContain('W1')
  expect(await said('plain-js', 'cnn-crossentropy-sgd')).toContain('dense')
  expect(await said('onnxruntime', 'tanh-mse-sgd')).toContain('gradients')
  expect(await said('jax-js', 'tanh-mse-sgd-many')).toContain('one by one')
})

test('every started subject names itself', async () => {
  for (const [name, client] of subjects.clients) {
    const reply = await client.ask({ op: 'describe' })
    if (PYTHON.includes(name) && 'absent' in reply) continue
    expect(reply, name).toHaveProperty('version')
  }
})
