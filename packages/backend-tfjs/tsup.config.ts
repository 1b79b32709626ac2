import { configure } from '@tooling/tsup-config'

// An entry point for each engine, so that a bundler looks for the package of that engine alone.
export default configure({ entry: ['index', 'webgl', 'webgpu', 'wasm', 'cpu'].map((name) => `src/${name}.ts`) })
