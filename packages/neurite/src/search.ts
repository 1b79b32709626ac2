export * from '@neurite/search'
