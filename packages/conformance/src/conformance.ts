import type { Backend } from '@neurite/core'
import { accuracyCases } from './cases/accuracy.js'
import { aliasingCases } from './cases/aliasing.js'
import { capabilityCases } from './cases/capabilities.js'
import { determinismCases } from './cases/determinism.js'
import { endCases } from './cases/ends.js'
import { errorCases } from './cases/errors.js'
import { goldenOpCases } from './cases/golden-ops.js'
import { extremeCases } from './cases/extremes.js'
import { failingRunCases } from './cases/failing-runs.js'
import { gradientCases } from './cases/gradients.js'
import { lifetimeCases } from './cases/lifetimes.js'
import { loopCases } from './cases/loops.js'
import { operationProperties } from './cases/operations.js'
import { primitiveProperties } from './cases/primitives.js'
import { programCases } from './cases/programs.js'
import { randomProgramProperties } from './cases/random-programs.js'
import { sizeCases } from './cases/sizes.js'
import { specialValueCases } from './cases/special-values/index.js'
import { storageCases } from './cases/storage.js'
import { tailCases } from './cases/tails.js'
import { trainingCases } from './cases/trainings.js'
import { collectTests, type Runner } from './runner.js'
import { buildSuite, type Suite, type SuiteCounts } from './suite.js'

/** What {@link conformance} needs. */
export interface ConformanceOptions {
  /** The backend's name, for the tests' names. */
  readonly name: string
  /** Makes the backend under test; a new one at each call. */
  readonly create: () => Backend | Promise<Backend>
  /** Where the tests go: any object with `describe` and `test`. */
  readonly runner: Runner
  /** Seed of the properties' random calls. Default 1. */
  readonly seed?: number
  /** Random calls tried for each property. Default 40. */
  readonly runs?: number
}

/** From what everything else needs to whole trainings, so that the first failure is the one to look at. */
const GROUPS: readonly ((suite: Suite) => void)[] = [
  capabilityCases,
  storageCases,
  specialValueCases,
  extremeCases,
  primitiveProperties,
  sizeCases,
  tailCases,
  accuracyCases,
  aliasingCases,
  operationProperties,
  endCases,
  goldenOpCases,
  gradientCases,
  determinismCases,
  errorCases,
  lifetimeCases,
  failingRunCases,
  programCases,
  loopCases,
  randomProgramProperties,
  trainingCases,
]

/**
 * Registers the tests that prove a backend. Each is independent of the others; what is left out follows from the
 * backend's `capabilities` alone, and that it is refused with `NOT_SUPPORTED` is then what the test checks.
 *
 * @param options - see {@link ConformanceOptions}
 * @example
 * ```ts no-run
 * import { describe, test } from 'node:test'
 * import { cpu } from '@neurite/backend-cpu'
 * import { conformance } from '@neurite/conformance'
 * conformance({ name: 'cpu', create: cpu, runner: { describe, test } })
 * ```
 */
export function conformance({ name, create, runner, seed = 1, runs = 40 }: ConformanceOptions): void {
  runner.describe(`conformance of ${name}`, () => {
    buildSuite({ create, runner, seed, runs }, GROUPS)
  })
}

/**
 * How large the suite is, without running it.
 *
 * @example
 * ```ts
 * import { describeSuite } from '@neurite/conformance'
 * const { tests, properties, goldenCases } = describeSuite()
 * tests > properties && goldenCases > 400 // => true
 * ```
 */
export function describeSuite(): SuiteCounts {
  let counts: SuiteCounts = { tests: 0, properties: 0, goldenCases: 0 }
  collectTests((runner) => {
    counts = buildSuite(
      { create: () => Promise.reject(new Error('describeSuite runs nothing')), runner, seed: 0, runs: 0 },
      GROUPS,
    )
  })
  return counts
}
