export * from '@neurite/train'
