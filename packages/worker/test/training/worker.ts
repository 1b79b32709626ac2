import { cpu } from '@neurite/backend-cpu'
import { exposeTraining } from '../../src/training/index.js'
import { double } from './double.js'

// What a worker of the tests runs, bundled.
exposeTraining({
  backend: {
    cpu: () => cpu(),
    broken: () => {
      throw new Error('no device')
    },
  },
  builders: { double },
})
