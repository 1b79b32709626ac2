export * from '@neurite/data'
