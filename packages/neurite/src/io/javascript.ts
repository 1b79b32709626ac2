export * from '@neurite/io/javascript'
