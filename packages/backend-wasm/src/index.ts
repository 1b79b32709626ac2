export { printWasm } from './print.js'
export { shipWasm } from './ship.js'
export { wasm, type WasmBackendOptions } from './wasm.js'
