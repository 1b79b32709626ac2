export * from '@neurite/backend-wasm'
