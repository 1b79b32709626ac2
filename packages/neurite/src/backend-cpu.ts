export * from '@neurite/backend-cpu'
