import { configure } from '@tooling/tsup-config'

// fast-check, core and vitest stay imports; the golden files become part of the bundle, so that browsers need no JSON loader.
export default configure({ entry: ['src/index.ts', 'src/vitest.ts'] })
