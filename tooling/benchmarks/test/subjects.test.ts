import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { commandOf, makeFolder } from '../src/harness/build.js'
import { connect, type Client } from '../src/harness/client.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { writeProblem } from '../src/workloads/problem-file.js'
import { problemOf } from '../src/workloads/problem.js'
import type { LayerSpec, Training, Workload } from '../src/workloads/workload.js'

// The real programs, built and started as in a benchmark, at sizes that take no time: do they compute the same?

const TANH: readonly LayerSpec[] = [
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 1 },
]
const RELU: readonly LayerSpec[] = [
  { kind: 'dense', units: 7, activation: 'relu' },
  { kind: 'dense', units: 3 },
]
const CNN: readonly LayerSpec[] = [
  { kind: 'conv2d', filters: 3, size: 3, activation: 'relu' },
  { kind: 'maxPool2d', size: 2 },
  { kind: 'conv2d', filters: 4, size: 3, activation: 'relu' },
  { kind: 'maxPool2d', size: 2 },
  { kind: 'flatten' },
  { kind: 'dense', units: 3 },
]

function training(
  id: string,
  given: Pick<Training, 'inputShape' | 'layers' | 'batch' | 'loss'>,
  adam = false,
): Training {
  const optimizer = adam ? { kind: 'adam' as const, learningRate: 0.01 } : { kind: 'sgd' as const, learningRate: 0.1 }
  return { kind: 'training', id, title: '', ...given, optimizer }
}

const tiny = { inputShape: [2], layers: TANH, batch: 10, loss: 'mse' as const }
const classes = { inputShape: [5], layers: RELU, batch: 4, loss: 'crossEntropy' as const }
const images = { inputShape: [8, 8, 1], layers: CNN, batch: 3, loss: 'crossEntropy' as const }

/** Each with the subjects that can do it, beside ours. */
const CASES: readonly (readonly [workload: Workload, able: readonly string[]])[] = [
  [training('tanh-mse-sgd', tiny), ['plain-js', 'tfjs-cpu', 'tfjs-wasm', 'convnetjs']],
  [training('tanh-mse-adam', tiny, true), ['tfjs-cpu', 'tfjs-wasm']],
  [training('relu-crossentropy-sgd', classes), ['tfjs-cpu', 'tfjs-wasm', 'convnetjs']],
  [training('relu-crossentropy-adam', classes, true), ['tfjs-cpu', 'tfjs-wasm']],
  [training('cnn-crossentropy-sgd', images), ['tfjs-cpu', 'convnetjs']],
  [{ kind: 'matmul', id: 'matmul', title: '', n: 17 }, ['tfjs-cpu', 'tfjs-wasm']],
  [{ kind: 'softmax', id: 'softmax', title: '', shape: [5, 9] }, ['tfjs-cpu', 'tfjs-wasm']],
  [
    { kind: 'inference', id: 'inference', title: '', inputShape: [2], layers: TANH },
    ['tfjs-cpu', 'tfjs-wasm', 'convnetjs'],
  ],
]
const STEPS = 6

const folder = makeFolder()
const clients = new Map<string, Client>()

beforeAll(async () => {
  for (const subject of SUBJECTS) {
    const command = await commandOf(subject, folder.path)
    if (existsSync(command.file)) clients.set(subject.name, connect(command))
  }
}, 60_000)

afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.stop()))
  folder.remove()
})

/** What a subject computes, or why not. */
async function traceOf(name: string, workload: Workload, seed = 0): Promise<Trace | string> {
  const client = clients.get(name)
  if (client === undefined) return 'not started'
  const problem = `${folder.path}/${workload.id}-${seed}.bin`
  writeProblem(problem, problemOf(workload, seed))
  const trace: (readonly number[])[] = []
  for (let step = -1; step < STEPS; step++) {
    const reply = await client.ask(step < 0 ? { op: 'open', workload, problem } : { op: 'run', count: 1 })
    if ('absent' in reply) return reply.absent
    if ('error' in reply) throw new Error(`${name}: ${reply.error}`)
    if ('values' in reply) trace.push(reply.values)
  }
  return trace
}

describe.each(CASES.map(([workload, able]) => ({ workload, able })))('$workload.id', ({ workload, able }) => {
  test('is the same arithmetic in every library', { timeout: 30_000 }, async () => {
    const traces = new Map<string, Trace>()
    for (const name of ['cpu', ...able, 'torch']) {
      const trace = await traceOf(name, workload)
      if (typeof trace !== 'string') traces.set(name, trace)
    }
    // Python is not on every machine; the rest is.
    expect([...traces.keys()].filter((name) => name !== 'torch')).toEqual(['cpu', ...able])
    expect(traces.get('cpu')).toHaveLength(STEPS)
    expect(Object.fromEntries(disagreements(traces))).toEqual({})
  })
})

test('the check notices other starting numbers', async () => {
  const [workload] = CASES[0]!
  const ours = await traceOf('cpu', workload, 0)
  const peer = await traceOf('tfjs-cpu', workload, 1)
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
  const trace = (await traceOf('cpu', CASES[0]![0])) as Trace
  expect(trace.at(-1)![0]).toBeLessThan(0.9 * trace[0]![0]!)
})

test('what a library lacks is said, not computed', async () => {
  expect(await traceOf('tfjs-wasm', CASES[4]![0])).toContain('Conv2DBackpropFilter')
  expect(await traceOf('convnetjs', CASES[1]![0])).toContain('Adam')
  expect(await traceOf('plain-js', CASES[2]![0])).toContain('W1')
})

test('every started subject names itself', async () => {
  for (const [name, client] of clients) {
    const reply = await client.ask({ op: 'describe' })
    if (name === 'torch' && 'absent' in reply) continue
    expect(reply, name).toHaveProperty('version')
  }
})
