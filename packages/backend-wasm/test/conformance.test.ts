import { conformanceVitest } from '@neurite/conformance/vitest'
import { wasm } from '../src/index.js'

conformanceVitest({ name: 'wasm', create: () => wasm() })
