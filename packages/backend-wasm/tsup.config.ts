import { configure } from '@tooling/tsup-config'

export default configure()
