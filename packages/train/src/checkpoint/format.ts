import { checkArgument, type ByteArray, type Json } from '@neurite/core'
import { aString, must, number, readOptions, whole, takesNoOptions } from '@neurite/core/arguments'
import {
  asObject,
  badFile,
  blameFile,
  checkBytes,
  decodeSafetensors,
  encodeSafetensors,
  fieldsOf,
  isInherited,
  metadataOf,
  nameTree,
  treeFromTemplate,
  whyNoJson,
  type HostTensor,
  type HostTree,
} from '@neurite/files'
import type { Checkpoint } from './checkpoint.js'
import { orNull } from './or-null.js'

// A checkpoint is a safetensors file: params, states and histories are its tensors, all else stands in the metadata.

const FIELDS = ['run', 'progress', 'stoppedBy', 'history', 'params', 'state', 'optimizerState', 'callbacks'] as const

/**
 * A checkpoint as the bytes of a safetensors file. Numbers keep every bit: tensors and history are raw, JSON numbers are exact.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for trees that cannot be named, and for a callback's memory that is no JSON; `BAD_FILE` for names too long to be read again
 */
export function encodeCheckpoint(checkpoint: Checkpoint, ...none: readonly []): ByteArray {
  takesNoOptions('encodeCheckpoint', none)
  const tensors = new Map<string, HostTensor>()
  const put = (root: string, tree: HostTree): Json => {
    const named = nameTree('encodeCheckpoint', root, tree)
    for (const [name, stored] of named.tensors) tensors.set(name, stored)
    return named.template
  }
  const { history, params, state, optimizerState, callbacks, ...plain } = checkpoint
  const fields: Readonly<Record<(typeof FIELDS)[number], unknown>> = {
    ...plain,
    // JSON has no NaN and no infinity, which a validation loss may be.
    history: put(
      'history',
      mapValues(history, (values) => ({
        dtype: 'float64' as const,
        shape: [values.length],
        data: Float64Array.from(values),
      })),
    ),
    params: put('params', params),
    state: put('state', state),
    optimizerState: put('optimizerState', optimizerState),
    callbacks: mapValues(callbacks, ({ data, tensors: tree }, name) => {
      checkMemory(name, data)
      return { data, ...(tree !== undefined && { tensors: put(`callbacks.${partOf(name)}`, tree) }) }
    }),
  }
  return encodeSafetensors({ tensors, metadata: metadataOf('checkpoint', fields) })
}

/** A name as one part of a tensor's: of two callbacks, 'a' and 'a.b', no tensors are named alike. */
function partOf(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('.', '%2E')
}

/** What a file would not give back is refused before there is one: noticed at the resume, it would be too late. */
function checkMemory(name: string, data: unknown): void {
  const why = isInherited(name) ? `nothing in a file has the name ${name}` : whyNoJson(data, 'data', 2)
  checkArgument(
    why === undefined,
    () =>
      `encodeCheckpoint: the callback '${name}' cannot be saved: ${why}; its save() must give JSON: finite numbers, text, true, false, null, lists and plain objects of them, and arrays of numbers as tensors.`,
    { callback: name },
  )
}

/**
 * A checkpoint from its bytes. Reads data alone: nothing in it is run.
 *
 * @throws NeuriteError `BAD_CHECKPOINT` for bytes that are no whole checkpoint of this version
 */
export function decodeCheckpoint(bytes: Uint8Array | ArrayBuffer, ...none: readonly []): Checkpoint {
  takesNoOptions('decodeCheckpoint', none)
  const file = checkBytes('decodeCheckpoint', bytes)
  return blameFile('decodeCheckpoint', () => read('the checkpoint', file), 'BAD_CHECKPOINT')
}

const aCount = /* @__PURE__ */ whole(0)

/** Readers of {@link Checkpoint.progress}. */
const PROGRESS = {
  epoch: aCount,
  iteration: aCount,
  step: aCount,
  lossSum: /* @__PURE__ */ number(),
  mass: /* @__PURE__ */ number('[0, Infinity)'),
  learningRate: /* @__PURE__ */ orNull(/* @__PURE__ */ number()),
  bestEpoch: /* @__PURE__ */ orNull(aCount),
}

const aVector = /* @__PURE__ */ must(
  'a list of float64',
  (value): value is HostTensor => (value as HostTensor).dtype === 'float64' && (value as HostTensor).shape.length === 1,
)

function read(where: string, bytes: Uint8Array): Checkpoint {
  const content = decodeSafetensors(where, bytes, { maxBytes: Infinity, maxTensors: Infinity })
  const fields = fieldsOf(where, 'checkpoint', FIELDS, content.metadata, bytes)
  const left = new Map(content.tensors)
  const tree = (template: Json | undefined): HostTree => treeFromTemplate(where, template, left, (stored) => stored)
  const record = (name: (typeof FIELDS)[number]): Readonly<Record<string, Json>> => {
    const value = asObject(fields[name])
    if (value === undefined) throw badFile(where, `${name} is no object`)
    return value
  }
  const checkpoint: Checkpoint = {
    run: record('run'),
    progress: readOptions(`${where}: progress`, record('progress') as object as Checkpoint['progress'], PROGRESS),
    stoppedBy: orNull(aString)(where, 'stoppedBy', fields.stoppedBy),
    history: mapValues(record('history'), (name, key) => Array.from(aVector(where, `history.${key}`, tree(name)).data)),
    params: tree(fields.params),
    state: tree(fields.state),
    optimizerState: tree(fields.optimizerState),
    callbacks: mapValues(record('callbacks'), (memory, name) => {
      const { data, tensors, ...more } = asObject(memory) ?? {}
      if (data === undefined || Object.keys(more).length > 0) {
        throw badFile(where, `callbacks.${name} is not described by data and tensors`)
      }
      return { data, ...(tensors !== undefined && { tensors: tree(tensors) }) }
    }),
  }
  const [unknown] = left.keys()
  if (unknown !== undefined) throw badFile(where, `it has a tensor '${unknown}' that nothing refers to`)
  return checkpoint
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, f: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]))
}
