import { cpu } from '@neurite/backend-cpu'
import { trainW1 } from './w1.js'

await trainW1(cpu())
