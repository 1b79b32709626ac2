import { configure } from '@tooling/vitest-config'

// The garbage collector is called by name in the test of the safety net.
export default configure({ test: { execArgv: ['--expose-gc'] } })
