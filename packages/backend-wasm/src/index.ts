export { printWasm } from './print.js'
export { shipWasm } from './ship.js'
export { toWasm, type StandaloneWasm } from './standalone/to-wasm.js'
export { wasm, type WasmBackendOptions } from './wasm.js'
