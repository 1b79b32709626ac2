import { configure } from '@tooling/tsup-config'

// Code that other entries share gets files of its own in dist. So CSV is apart from the tables that
// everything uses, and a bundler leaves it out where no function of it is imported.
export default configure({
  entry: ['src/index.ts', 'src/csv/index.ts', 'src/table/table.ts'],
  dts: { entry: 'src/index.ts' },
})
