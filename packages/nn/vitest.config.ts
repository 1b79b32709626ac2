import { configure } from '@tooling/vitest-config'

// The garbage collector is called by name in the test of programs that go with their model.
export default configure({ test: { execArgv: ['--expose-gc'] } })
