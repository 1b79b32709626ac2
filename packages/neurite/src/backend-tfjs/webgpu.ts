export * from '@neurite/backend-tfjs/webgpu'
