import { conformanceVitest } from '@neurite/conformance/vitest'
import { cpu } from '../src/index.js'

conformanceVitest({ name: 'cpu', create: cpu })
