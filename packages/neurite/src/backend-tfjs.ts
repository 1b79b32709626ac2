export * from '@neurite/backend-tfjs'
