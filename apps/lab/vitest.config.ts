import { configure } from '@tooling/vitest-config'

export default configure({ esbuild: { jsx: 'automatic', jsxImportSource: 'preact' } })
