import { configure } from '@tooling/tsup-config'

// What packages read callers' arguments with has an entry point of its own: its short names would crowd those that users import.
export default configure({ entry: { index: 'src/index.ts', arguments: 'src/arguments/index.ts' } })
