import { expose } from '../../src/index.js'
import { tasks } from './tasks.js'

// What a worker of the tests runs, bundled. It listens late, as a module that loads a backend first does.
await new Promise((resolve) => setTimeout(resolve, 20))
expose(tasks)
