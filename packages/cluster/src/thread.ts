import { workerData } from 'node:worker_threads'
import { expose } from '@neurite/worker'
import { loadKnown } from './worker/objectives.js'
import { trialTasks } from './worker/trial-tasks.js'

// What a worker's thread runs: the numbers are crunched here, so that the process beside it renews its leases meanwhile.
const { module } = workerData as { readonly module: string }
expose(trialTasks(await loadKnown(module)))
