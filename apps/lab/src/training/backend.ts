import { signal } from '@preact/signals'
import type { BackendName } from './spec.js'

/** Where labs train. The cpu backend is always there, and fast for small networks; the others come when they are chosen. */
export const backendChoice = signal<BackendName>('cpu')

/** Why the backend that was chosen last cannot run here. */
export const refusedBackend = signal<{ readonly name: BackendName; readonly reason: string } | undefined>(undefined)
