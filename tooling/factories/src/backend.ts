import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'

// Loaded before the tables, which hold tensors.
setDefaultBackend(cpu())
