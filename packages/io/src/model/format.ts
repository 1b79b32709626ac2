import type { Json, LayerConfig } from '@neurite/nn'
import { badFile } from '../bytes/bad-file.js'
import { parseJson } from '../bytes/json.js'
import type { InputSchema } from './input.js'

/** The format's version. Readers bring older files up to it (`readMetadata`), and refuse newer ones. */
const VERSION = 1
/** How many example rows a file stores. */
export const MOST_GOLDEN = 8
export const GOLDEN_INPUTS = 'golden.inputs'
export const GOLDEN_OUTPUTS = 'golden.outputs'
export const GOLDEN_VALUES = 'golden.values'

/** The fields of the metadata, each as JSON, beside `format` and `version`. The README says what each holds. */
export interface Metadata {
  readonly model: LayerConfig
  readonly input: InputSchema
  readonly params: Json
  readonly state: Json | undefined
  readonly preprocessing: object | undefined
  readonly target: object | undefined
  readonly golden: Json | undefined
}

/** The same fields from a file, where each may be anything. */
export type RawMetadata = Readonly<Partial<Record<keyof Metadata, Json>>>

const FIELDS = ['model', 'input', 'params', 'state', 'preprocessing', 'target', 'golden'] as const

/** @throws NeuriteError `BAD_FILE` for a file that holds no model, or one of a newer version */
export function readMetadata(where: string, metadata: Readonly<Record<string, string>>): RawMetadata {
  const own = new Map(Object.entries(metadata))
  if (own.get('format') !== 'neurite') {
    throw badFile(where, 'the file holds tensors, but no model of this package; read it with fromSafetensors')
  }
  const version = own.get('version')
  if (version !== String(VERSION)) {
    throw badFile(where, `the file has version ${version}, this package reads version ${VERSION}; update it`)
  }
  const entries = FIELDS.flatMap((name) => {
    const text = own.get(name)
    return text === undefined ? [] : [[name, parseJson(where, `the metadata ${name}`, text)] as const]
  })
  return Object.fromEntries(entries)
}
