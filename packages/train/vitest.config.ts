import { configure } from '@tooling/vitest-config'

// The garbage collector is called by name in the test of predictors that nobody holds.
export default configure({ test: { execArgv: ['--expose-gc'] } })
