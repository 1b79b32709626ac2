import { afterAll, beforeAll, expect, test } from 'vitest'
import { disagreements, type Trace } from '../src/harness/agree.js'
import { ONE_BY_ONE } from '../src/harness/library.js'
import { SUBJECTS } from '../src/subjects/index.js'
import type { Workload } from '../src/workloads/workload.js'
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

/** By subject: why it has no values, or where they differ. Nothing, where all agree. */
async function faults(workload: Workload): Promise<Record<string, unknown>> {
  const traces = new Map<string, Trace>()
  const silent: Record<string, string> = {}
  for (const { name, role } of asked) {
    if (name === 'tfjs-webgl' && OFF.has(workload.id)) continue
    const trace = await subjects.traceOf(name, workload).catch((error: Error) => error.message)
    if (typeof trace !== 'string') traces.set(name, trace)
    // A library that has no run of many steps says so; every other reason is a fault.
    else if (!(trace === ONE_BY_ONE && 'inOneCall' in workload && role === 'peer')) silent[name] = trace
  }
  for (const [name, trace] of traces) expect(trace, name).toHaveLength(STEPS)
  return { ...silent, ...Object.fromEntries(disagreements(traces)) }
}

test.each(CASES)('$id is the same arithmetic in every page', async (workload) => {
  const found = await faults(workload)
  if (Object.keys(found).length === 0) return
  // Chromium draws without a GPU here, and its process for that may die: then a page has no device, or one whose values
  // are all 0, for ever. Wrong arithmetic is wrong in new pages, too.
  console.warn(`${workload.id}, in new pages once more:`, found)
  await subjects.stop()
  subjects = await start(asked)
  expect(await faults(workload)).toEqual({})
})
