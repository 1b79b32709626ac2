import { wasm } from '@neurite/backend-wasm'
import { trainW1 } from './w1.js'

await trainW1(await wasm())
