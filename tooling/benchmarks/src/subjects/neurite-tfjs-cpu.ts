import { tfjs } from '@neurite/backend-tfjs'
import { serve } from '../harness/serve.js'
import { neurite } from './neurite.js'

await serve(async () => neurite(await tfjs('cpu')))
