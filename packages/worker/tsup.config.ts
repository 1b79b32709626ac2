import { configure } from '@tooling/tsup-config'

// Training has an entry point of its own: calls alone bring no layers and no losses along.
export default configure({ entry: { index: 'src/index.ts', training: 'src/training/index.ts' } })
