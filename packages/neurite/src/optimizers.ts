export * from '@neurite/optimizers'
