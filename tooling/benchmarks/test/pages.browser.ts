import { afterAll, beforeAll, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { CASES } from './support/cases.js'
import { start, STEPS, type Started } from './support/started.js'

// The subjects that live in a page of Chromium: do they compute what cpu does?

const pages = SUBJECTS.filter(({ gpu }) => gpu === true)

/**
 * What tfjs-webgl computes otherwise, now and then: it shares the gradient of equal maxima in its own way, and its product of
 * matrices reads what lies behind an odd inner extent. The benchmark's workloads have even ones.
 */
const OFF = new Set(['cnn-crossentropy-sgd', 'relu-crossentropy-sgd', 'relu-crossentropy-adam'])

let subjects: Started
beforeAll(async () => {
  subjects = await start(SUBJECTS.filter((subject) => subject.name === 'cpu' || pages.includes(subject)))
}, 120_000)
afterAll(() => subjects.stop())

test.each(CASES)('$id is the same arithmetic in every page', async (workload) => {
  const traces = new Map<string, Trace>()
  for (const name of ['cpu', ...pages.map((page) => page.name)]) {
    if (name === 'tfjs-webgl' && OFF.has(workload.id)) continue
    const trace = await subjects.traceOf(name, workload)
    expect(trace, name).toHaveLength(STEPS)
    if (typeof trace !== 'string') traces.set(name, trace)
  }
  expect(Object.fromEntries(disagreements(traces))).toEqual({})
})
