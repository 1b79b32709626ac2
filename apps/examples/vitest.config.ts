import { configure } from '@tooling/vitest-config'

// Threads that an example starts find the packages' sources, as the tests themselves do.
export default configure({ test: { execArgv: ['--conditions=@neurite/source'] } })
