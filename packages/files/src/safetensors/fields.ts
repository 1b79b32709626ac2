import type { Json } from '@neurite/core'
import { badFile } from '../bytes/errors.js'
import { parseJson } from '../bytes/json.js'
import { otherFile } from '../bytes/sniff.js'

// What Neurite writes are safetensors files whose metadata say which kind of file it is, in which version, and what belongs to the
// tensors: fields, each as JSON.

/** The kinds of files. */
export type FileKind = 'model' | 'checkpoint' | 'tree'

/** Of all kinds. Readers bring older files up to it, and refuse newer ones. */
const VERSION = '1'

/**
 * The metadata that hold some fields; undefined ones are left out.
 *
 * @throws NeuriteError `BAD_FILE` for fields that would be refused by whoever reads them
 */
export function metadataOf(kind: FileKind, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const metadata: Record<string, string> = { format: `neurite.${kind}`, version: VERSION }
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    metadata[name] = JSON.stringify(value)
    parseJson(`a ${kind}`, `the metadata ${name}`, metadata[name])
  }
  return metadata
}

/**
 * The fields in a file's metadata, each of which may be any JSON.
 *
 * @param names - of all fields that such a file may have
 * @param bytes - the file, to say what it is instead
 * @throws NeuriteError `BAD_FILE` for a file of another kind, of a newer version, or with other fields
 */
export function fieldsOf<const Name extends string>(
  where: string,
  kind: FileKind,
  names: readonly Name[],
  metadata: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): { readonly [N in Name]?: Json } {
  const { format, version, ...rest } = metadata
  if (format !== `neurite.${kind}`) throw otherFile(where, `a ${kind}`, bytes)
  if (version !== VERSION) {
    throw badFile(where, `the file has version ${version}, this package reads version ${VERSION}; update it`)
  }
  const fields = Object.entries(rest).map(([name, text]) => {
    if (names.some((known) => known === name)) return [name, parseJson(where, `the metadata ${name}`, text)] as const
    throw badFile(where, `the metadata '${name}' is not known; known: ${names.join(', ')}`)
  })
  return Object.fromEntries(fields) as { readonly [N in Name]?: Json }
}
