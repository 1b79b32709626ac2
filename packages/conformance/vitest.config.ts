import { configure } from '@tooling/vitest-config'

// A test here may run the whole suite on one more backend.
export default configure({ test: { testTimeout: 60_000 } })
