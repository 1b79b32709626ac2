export * from '@neurite/datasets'
