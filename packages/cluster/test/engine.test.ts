import { engineSuite } from './support/engine-suite.js'

// In this process, without services.
engineSuite(() => undefined, 60)
