export * from '@neurite/backend-cpu/families'
