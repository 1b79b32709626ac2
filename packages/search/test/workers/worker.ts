import { exposeObjective } from '../../src/index.js'
import { objective } from './objective.js'

// What a worker of workers.test.ts runs, bundled.
exposeObjective(objective)
