export { tfjs, type TfjsOptions } from './tfjs.js'
export { type WasmPaths } from './wasm-paths.js'
