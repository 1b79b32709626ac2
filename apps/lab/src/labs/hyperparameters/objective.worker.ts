import { exposeObjective } from '@neurite/search'
import { objective } from './objective.js'

exposeObjective(objective)
