import { conformanceVitest } from '@neurite/conformance/vitest'
import { tfjs } from '../src/index.js'

conformanceVitest({ name: 'tfjs:wasm', create: () => tfjs('wasm') })
