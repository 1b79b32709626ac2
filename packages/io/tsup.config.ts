import { configure } from '@tooling/tsup-config'

// ONNX has an entry point of its own: who does not import it bundles no protobuf.
export default configure({ entry: { index: 'src/index.ts', onnx: 'src/onnx/index.ts' } })
