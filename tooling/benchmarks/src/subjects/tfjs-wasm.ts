import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { serve } from '../harness/serve.js'
import { tfjs } from './tfjs.js'

const binary = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
setWasmPaths(dirname(binary) + sep)
await serve(() => tfjs('wasm'))
