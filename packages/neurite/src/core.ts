export * from '@neurite/core'
