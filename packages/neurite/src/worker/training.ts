export * from '@neurite/worker/training'
