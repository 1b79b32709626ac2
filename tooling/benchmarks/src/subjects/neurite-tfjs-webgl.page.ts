import { tfjs } from '@neurite/backend-tfjs'
import { offer } from '../harness/page.js'
import { neurite } from './neurite.js'

offer(async () => neurite(await tfjs('webgl')))
