import { defineConfig } from 'vitest/config'

/** Tests run from source: this export condition leads to ./src/index.ts of every workspace package. */
export const conditions = ['@neurite/source']

/**
 * The vitest configuration of every package: from source, tests in `test/`, and a JSON report that CI counts.
 *
 * An override replaces: vite's own mergeConfig would join two `include` lists.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides]
 */
export function configure({ resolve, test, ...rest } = {}) {
  return defineConfig({
    ...rest,
    resolve: { conditions, ...resolve },
    ssr: { resolve: { conditions } },
    test: {
      include: ['test/**/*.test.ts'],
      passWithNoTests: true,
      reporters: ['default', 'json'],
      outputFile: { json: '.reports/vitest.json' },
      // Machines of CI are slow and busy: a time limit is there to end what hangs, not to measure.
      testTimeout: 30_000,
      ...test,
    },
  })
}
