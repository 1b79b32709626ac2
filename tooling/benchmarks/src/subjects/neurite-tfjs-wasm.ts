import { tfjs } from '@neurite/backend-tfjs'
import { serve } from '../harness/serve.js'
import { neurite } from './neurite.js'
import { wasmFolder } from './wasm-folder.js'

await serve(async () => neurite(await tfjs('wasm', { wasmPaths: wasmFolder() })))
