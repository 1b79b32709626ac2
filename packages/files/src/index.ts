export { checkBytes } from './bytes/bytes.js'
export { crc32 } from './bytes/checksum.js'
export {
  bytesOf,
  FORMATS,
  readElements,
  type ElementFormat,
  type FormatName,
  type HostTensor,
} from './bytes/elements.js'
export { badFile, blamed, blameFile } from './bytes/errors.js'
export { asArray, asObject, isCount, isInherited, whyNoJson } from './bytes/json.js'
export { otherFile, sniff } from './bytes/sniff.js'
export { fieldsOf, metadataOf, type FileKind } from './safetensors/fields.js'
export {
  aLimit,
  decodeSafetensors,
  encodeSafetensors,
  LIMITS,
  type Limits,
  type Safetensors,
} from './safetensors/format.js'
export {
  nameTree,
  readTensors,
  templateFromNames,
  treeFromTemplate,
  upload,
  isHostTensor,
  type HostTree,
  type NamedTree,
  type TreeOf,
} from './safetensors/tree.js'
export { indexedDbStore } from './storage/indexed-db.js'
export { readBytes, readChunks, type FileSource, type ReadableFileHandle } from './storage/read.js'
export { fileStore, memoryStore, type FileStore } from './storage/store.js'
export { appendText, writeBytes, type FileTarget, type WritableFileHandle } from './storage/write.js'
