/** What the suite needs of a test runner. Those of vitest, Jest, Mocha, node:test and Deno fit as they are. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
}

/** A test that was registered: its name with those of the groups around it, and its body. */
export interface CollectedTest {
  readonly path: readonly string[]
  readonly name: string
  readonly run: () => Promise<void>
}

/**
 * The smallest runner: it only collects. For places without a test runner, for instance a page that shows what the
 * browser's backend can do.
 *
 * @example
 * ```ts
 * import { collectTests } from '@neurite/conformance'
 * const tests = collectTests(({ describe, test }) => {
 *   describe('sums', () => test('1 + 1', async () => {}))
 * })
 * tests.map(({ path, name }) => [...path, name].join(' > ')) // => ['sums > 1 + 1']
 * ```
 */
export function collectTests(register: (runner: Runner) => void): CollectedTest[] {
  const tests: CollectedTest[] = []
  const path: string[] = []
  register({
    describe(name, body) {
      path.push(name)
      body()
      path.pop()
    },
    test(name, run) {
      tests.push({ path: [...path], name, run })
    },
  })
  return tests
}
