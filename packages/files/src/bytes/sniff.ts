import type { NeuriteError } from '@neurite/core'
import { badFile } from './errors.js'

/* eslint-disable no-control-regex -- files begin with such characters */

/** How files of each kind begin, byte for character, and what they are. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^.{52}"format":"neurite\.model"/s, 'a model (see loadModel of @neurite/io)'],
  [/^.{52}"format":"neurite\.checkpoint"/s, 'a checkpoint (see loadCheckpoint of @neurite/train)'],
  [/^.{4}\0{4}\{/s, 'tensors in a safetensors file (see fromSafetensors of @neurite/io)'],
  [/^\x93NUMPY/, 'an NPY file (see fromNpy of @neurite/io)'],
  [/^PK[\x03\x05]/, 'a ZIP file (of numpy: see fromNpz of @neurite/io/npz)'],
  // ModelProto: ir_version, then another of its fields.
  [/^\x08[\x01-\x20][\x12\x1a"(2:B][^\0]/, 'a model in ONNX, which is not read here'],
  [/^(\xef\xbb\xbf)?\s*<[!?a-z]/i, 'a page of HTML or XML, such as servers send in place of a missing file'],
  [/^(\xef\xbb\xbf)?\s*[[{]/, 'a text of JSON'],
]

/** What bytes are, by how they begin; undefined for what is not known. */
export function sniff(bytes: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...bytes.subarray(0, 128))
  return KINDS.find(([pattern]) => pattern.test(begin))?.[1]
}

/** @returns the error to throw for bytes that are another kind of file */
export function otherFile(where: string, expected: string, bytes: Uint8Array): NeuriteError {
  return badFile(where, `expected ${expected}, got ${sniff(bytes) ?? `${bytes.length} bytes of something else`}`)
}
