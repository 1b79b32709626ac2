export * from '@neurite/terminal'
