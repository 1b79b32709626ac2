export * from '@neurite/worker'
