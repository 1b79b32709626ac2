// A thread of search.ts. Node's threads know no TypeScript; in built JavaScript the first two lines fall away.
import { register } from 'tsx/esm/api'

register()
const { exposeObjective } = await import('@neurite/search')
const { objective } = await import('./search-objective.ts')
exposeObjective(objective)
