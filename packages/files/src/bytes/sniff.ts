import type { NeuriteError } from '@neurite/core'
import { badFile } from './errors.js'

/* eslint-disable no-control-regex -- files begin with such characters */

/** How files of each kind begin, byte for character; what they are, and the way on from there. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^.{52}"format":"neurite\.model"/s, 'a model (see loadModel of @neurite/io)'],
  [/^.{52}"format":"neurite\.checkpoint"/s, 'a checkpoint (see loadCheckpoint of @neurite/train)'],
  [/^.{4}\0{4}\{/s, 'tensors in a safetensors file (see fromSafetensors of @neurite/io)'],
  [/^\x93NUMPY/, 'an NPY file (see fromNpy of @neurite/io)'],
  [
    /^PK[\x03\x05]/,
    'a ZIP file (of numpy: see fromNpz of @neurite/io/npz; of PyTorch or Keras: save the weights there as safetensors)',
  ],
  [/^\x1f\x8b/, 'a file packed by gzip; unpack it first'],
  [/^\x80[\x02-\x05]/, 'a pickle of Python, which could run anything; save the weights there as safetensors'],
  [/^\x89HDF\r\n\x1a\n/, 'an HDF5 file, as Keras writes; save the weights there as safetensors or NPZ'],
  [/^.{4}TFL3/s, 'a model of TensorFlow Lite, which is not read here'],
  [
    /^\x89PNG\r\n\x1a\n|^\xff\xd8\xff|^GIF8|^RIFF.{4}WEBP/s,
    'an image (PNG, JPEG, GIF or WebP); a model takes the pixels of one',
  ],
  [/^%PDF-/, 'a PDF'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS in place of the file itself; git lfs pull fetches it'],
  // ModelProto: ir_version, then another of its fields.
  [
    /^\x08[\x01-\x20][\x12\x1a"(2:B][^\0]/,
    'a model in ONNX, which is written here, but not read; save the weights as safetensors',
  ],
  [
    /^(\xef\xbb\xbf)?\s*<[!?a-z]/i,
    'a page of HTML or XML, such as servers send in place of a missing file; check the address',
  ],
  [/^(\xef\xbb\xbf)?\s*[[{]/, 'a text of JSON; of TensorFlow.js, the weights lie in files beside it'],
]

/** What bytes are, by how they begin; undefined for what is not known. */
export function sniff(bytes: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...bytes.subarray(0, 128))
  return KINDS.find(([pattern]) => pattern.test(begin))?.[1]
}

/** @returns the error to throw for bytes that are another kind of file */
export function otherFile(where: string, expected: string, bytes: Uint8Array): NeuriteError {
  const got = bytes.length === 0 ? 'an empty file' : (sniff(bytes) ?? `${bytes.length} bytes of something else`)
  return badFile(where, `expected ${expected}, got ${got}`)
}
