import { configure } from '@tooling/tsup-config'

// What packages read callers' arguments with, and operations that have a layer of their name, have entry points of their own: the main
// one would crowd, and collide with, what users import beside it.
export default configure({
  entry: { index: 'src/index.ts', arguments: 'src/arguments/index.ts', functional: 'src/functional/index.ts' },
})
