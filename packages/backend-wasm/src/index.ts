export { wasm } from './backend.js'
