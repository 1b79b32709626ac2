import { afterAll, expect } from 'vitest'
import { conformanceVitest } from '../src/vitest.js'
import { reference } from './support/reference-backend.js'

const shared = reference()
let first = true

// The suite's own manners: the backend that its tests share is as empty at the end as at the beginning.
conformanceVitest({ name: 'reference', create: () => (first ? ((first = false), shared) : reference()) })
afterAll(() => expect(shared.memory()).toEqual({ buffers: 0, bytes: 0 }))
