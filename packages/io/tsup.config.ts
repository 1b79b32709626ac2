import { configure } from '@tooling/tsup-config'

// ONNX and NPZ have entry points of their own: who does not import them bundles no protobuf and no zip.
export default configure({ entry: { index: 'src/index.ts', onnx: 'src/onnx/index.ts', npz: 'src/npz/index.ts' } })
