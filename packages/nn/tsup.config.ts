import { configure } from '@tooling/tsup-config'

// Initializers have an entry point of their own: `ones`, `zeros`, `uniform` are names of core's functions too.
export default configure({ entry: { index: 'src/index.ts', initializers: 'src/initializers/index.ts' } })
