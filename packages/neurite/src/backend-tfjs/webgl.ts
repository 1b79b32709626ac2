export * from '@neurite/backend-tfjs/webgl'
