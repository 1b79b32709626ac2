export * from '@neurite/backend-wasm/shipped'
