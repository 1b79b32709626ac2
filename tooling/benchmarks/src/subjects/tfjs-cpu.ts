import '@tensorflow/tfjs-backend-cpu'
import { serve } from '../harness/serve.js'
import { tfjs } from './tfjs.js'

await serve(() => tfjs('cpu'))
