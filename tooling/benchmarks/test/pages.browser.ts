import { afterAll, beforeAll, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { ONE_BY_ONE } from '../src/harness/library.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { CASES } from './support/cases.js'
import { start, STEPS, type Started } from './support/started.js'

// The subjects that live in a page of Chromium: do they compute what cpu does?

const asked = SUBJECTS.filter(({ name, gpu }) => name === 'cpu' || gpu === true)

/**
 * What tfjs-webgl computes otherwise, now and then: it shares the gradient of equal maxima in its own way, and its product of
 * matrices reads what lies behind an odd inner extent. The benchmark's workloads have even ones.
 */
const OFF = new Set(['cnn-crossentropy-sgd', 'relu-crossentropy-sgd', 'relu-crossentropy-adam'])

let subjects: Started
beforeAll(async () => {
  subjects = await start(asked)
}, 120_000)
afterAll(() => subjects.stop())

test.each(CASES)('$id is the same arithmetic in every page', async (workload) => {
  const traces = new Map<string, Trace>()
  for (const { name, role } of asked) {
    if (name === 'tfjs-webgl' && OFF.has(workload.id)) continue
    const trace = await subjects.traceOf(name, workload)
    // A library that has no run of many steps says so; every other reason is a fault.
    if (trace === ONE_BY_ONE && 'inOneCall' in workload && role === 'peer') continue
    expect(trace, name).toHaveLength(STEPS)
    if (typeof trace !== 'string') traces.set(name, trace)
  }
  expect(Object.fromEntries(disagreements(traces))).toEqual({})
})
