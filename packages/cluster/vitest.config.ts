import { configure } from '@tooling/vitest-config'

export default configure()
