export * from '@neurite/explain'
