import { configure } from '@tooling/tsup-config'

// A file for each entry point, as src has it.
export default configure({ entry: ['src/**/*.ts'] })
