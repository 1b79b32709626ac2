export * from '@neurite/backend-tfjs/wasm'
