import { configure } from '@tooling/tsup-config'

// ONNX, NPZ and modules have entry points of their own: who does not import them bundles no protobuf, no zip and no writer of code.
export default configure({
  entry: {
    index: 'src/index.ts',
    onnx: 'src/onnx/index.ts',
    javascript: 'src/javascript/index.ts',
    npz: 'src/npz/index.ts',
  },
})
