import { cpu } from '@neurite/backend-cpu'
import { serve } from '../harness/serve.js'
import { neurite } from './neurite.js'

await serve(() => neurite(cpu()))
