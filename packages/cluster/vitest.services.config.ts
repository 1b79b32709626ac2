import { configure } from '@tooling/vitest-config'

// Tests on real services, started on ports of their own: PostgreSQL and Redis of the system.
export default configure({
  test: {
    include: ['test/**/*.services.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/services.json' },
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
