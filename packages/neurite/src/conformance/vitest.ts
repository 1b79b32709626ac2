export * from '@neurite/conformance/vitest'
