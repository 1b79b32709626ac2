export * from '@neurite/io/npz'
