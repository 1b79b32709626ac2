import { choice } from '../state/fields.js'
import { BACKENDS, type BackendName } from './spec.js'

/** Where labs train at first: a step as one WebAssembly function. Where that cannot be, they say why and train on cpu, which is always there. */
export const USUAL: BackendName = 'wasm'

/** The backend that a link asks for: the same one gives the same bits. */
export const backendField = choice(BACKENDS, USUAL)
