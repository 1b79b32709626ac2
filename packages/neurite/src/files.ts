export * from '@neurite/files'
