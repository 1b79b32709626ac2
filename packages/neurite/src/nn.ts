export * from '@neurite/nn'
