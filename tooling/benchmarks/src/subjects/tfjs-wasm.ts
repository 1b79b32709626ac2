import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { serve } from '../harness/serve.js'
import { tfjs } from './tfjs.js'
import { wasmFolder } from './wasm-folder.js'

setWasmPaths(wasmFolder())
await serve(() => tfjs('wasm'))
