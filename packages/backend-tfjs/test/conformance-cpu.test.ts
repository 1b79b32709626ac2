import { conformanceVitest } from '@neurite/conformance/vitest'
import { tfjs } from '../src/index.js'

conformanceVitest({ name: 'tfjs:cpu', create: () => tfjs('cpu') })
