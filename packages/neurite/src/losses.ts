export * from '@neurite/losses'
