import { conformanceVitest } from '@neurite/conformance/vitest'
import { plain } from '../src/plain.js'

conformanceVitest({ name: 'plain', create: plain })
