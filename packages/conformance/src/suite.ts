import { NeuriteError, type Backend, type Capabilities, type DType, type PrimitiveName } from '@neurite/core'
import fc from 'fast-check'
import { fail } from './check/compare.js'
import { describeError } from './check/device.js'
import type { Runner } from './runner.js'

/** What a test of the suite works with. */
export interface Context {
  /** The backend under test, shared by all tests that leave it as they found it. */
  readonly backend: Backend
  readonly capabilities: Capabilities
  /** A backend of the test's own. */
  readonly create: () => Promise<Backend>
  readonly seed: number
}

/** How much stands behind one registered test. */
export interface Weight {
  /** Golden cases that the test compares. */
  readonly golden?: number
}

/** Where the groups of tests register themselves. */
export interface Suite {
  group(name: string, body: () => void): void
  test(name: string, body: (context: Context) => Promise<void> | void, weight?: Weight): void
  /** A statement about every value of an arbitrary, tried on `runs` of them; a counterexample is shrunk. */
  property<T>(
    name: string,
    arbitrary: fc.Arbitrary<T>,
    holds: (context: Context, value: T) => Promise<void> | void,
  ): void
}

/** How many tests of each kind there are. */
export interface SuiteCounts {
  readonly tests: number
  readonly properties: number
  readonly goldenCases: number
}

interface SuiteOptions {
  readonly create: () => Backend | Promise<Backend>
  readonly runner: Runner
  readonly seed: number
  readonly runs: number
}

/** Registers groups with a runner. */
export function buildSuite(
  { create, runner, seed, runs }: SuiteOptions,
  groups: readonly ((suite: Suite) => void)[],
): SuiteCounts {
  const counts = { tests: 0, properties: 0, goldenCases: 0 }
  let shared: Promise<Backend> | undefined
  const contextOf = async (): Promise<Context> => {
    shared ??= Promise.resolve(create())
    const backend = await shared
    return { backend, capabilities: backend.capabilities, create: async () => create(), seed }
  }
  const suite: Suite = {
    group(name, body) {
      runner.describe(name, body)
    },
    test(name, body, weight = {}) {
      counts.tests++
      counts.goldenCases += weight.golden ?? 0
      runner.test(name, async () => {
        const context = await contextOf()
        await unlessRefused(context, () => body(context))
      })
    },
    property(name, arbitrary, holds) {
      counts.properties++
      suite.test(name, async (context) => {
        const property = fc.asyncProperty(arbitrary, async (value) =>
          unlessRefused(context, () => holds(context, value)),
        )
        // Unbiased: the arbitraries say themselves how often something is empty or odd; fast-check would add smallness
        // to that.
        const outcome = await fc.check(property, { seed, numRuns: runs, unbiased: true })
        if (outcome.failed) fail(explain(name, outcome))
      })
    },
  }
  for (const group of groups) group(suite)
  return counts
}

/**
 * The one rule by which the suite skips: core refused with NOT_SUPPORTED, and the backend's capabilities say the same.
 * Any other refusal is a failure, and so is a declared lack that core lets through (see the group 'capabilities').
 */
async function unlessRefused({ capabilities }: Context, body: () => Promise<void> | void): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!isDeclaredRefusal(error, capabilities)) throw error
  }
}

function isDeclaredRefusal(error: unknown, { dtypes, missing }: Capabilities): boolean {
  if (!NeuriteError.isInstance(error) || error.code !== 'NOT_SUPPORTED') return false
  const { dtype, primitive } = error.details
  if (dtype !== undefined) return !dtypes.includes(dtype as DType)
  return primitive !== undefined && missing.includes(primitive as PrimitiveName)
}

type Outcome = Pick<fc.RunDetails<unknown>, 'errorInstance' | 'seed' | 'counterexamplePath' | 'numRuns' | 'numShrinks'>

function explain(name: string, { errorInstance, seed, counterexamplePath, numRuns, numShrinks }: Outcome): string {
  const what =
    errorInstance instanceof Error && !NeuriteError.isInstance(errorInstance)
      ? errorInstance.message
      : describeError(errorInstance)
  return `${what}\n  property '${name}', seed ${seed}, run ${numRuns}, path '${counterexamplePath ?? ''}', after ${numShrinks} shrinks`
}
