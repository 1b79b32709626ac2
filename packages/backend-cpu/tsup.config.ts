import { configure } from '@tooling/tsup-config'

// The families of kernels have an entry point of their own: their short names are for the few who put a backend together.
export default configure({ entry: { index: 'src/index.ts', families: 'src/families.ts' } })
