import { wasm } from '@neurite/backend-wasm'
import { serve } from '../harness/serve.js'
import { neurite } from './neurite.js'

await serve(async () => neurite(await wasm({ threads: 2 })))
