import '@tensorflow/tfjs-backend-webgpu'
import { offer } from '../harness/page.js'
import { tfjs } from './tfjs.js'

offer(() => tfjs('webgpu'))
