import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@neurite/source'] },
  ssr: { resolve: { conditions: ['@neurite/source'] } },
  test: { include: ['test/**/*.test.ts'] },
})
