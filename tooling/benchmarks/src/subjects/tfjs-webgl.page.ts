import '@tensorflow/tfjs-backend-webgl'
import { offer } from '../harness/page.js'
import { tfjs } from './tfjs.js'

offer(() => tfjs('webgl'))
