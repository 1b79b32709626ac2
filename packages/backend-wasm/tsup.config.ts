import { configure } from '@tooling/tsup-config'

// What runs programs that were compiled ahead of time has an entry point of its own: it knows nothing of the compiler.
export default configure({ entry: { index: 'src/index.ts', shipped: 'src/shipped.ts' } })
