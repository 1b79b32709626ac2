export * from '@neurite/core/functional'
