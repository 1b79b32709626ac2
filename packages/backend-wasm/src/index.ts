export { printWasm } from './print.js'
export { wasm, type WasmBackendOptions } from './wasm.js'
