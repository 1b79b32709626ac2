export * from '@neurite/core/arguments'
