export * from '@neurite/backend-tfjs/cpu'
