import { describe, test } from 'vitest'
import { conformance, type ConformanceOptions } from './conformance.js'

/**
 * {@link conformance} with vitest as its runner. A test may take a minute: devices compile shaders.
 *
 * @example
 * ```ts no-run
 * import { cpu } from '@neurite/backend-cpu'
 * import { conformanceVitest } from '@neurite/conformance/vitest'
 * conformanceVitest({ name: 'cpu', create: cpu })
 * ```
 */
export function conformanceVitest(options: Omit<ConformanceOptions, 'runner'>): void {
  conformance({ ...options, runner: { describe, test: (name, body) => test(name, body, 60_000) } })
}
