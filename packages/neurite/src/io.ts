export * from '@neurite/io'
