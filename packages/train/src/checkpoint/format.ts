import { BYTES_PER_ELEMENT, NeuriteError, sizeOf, type DType, type TypedArray } from '@neurite/core'
import { isStored, type Checkpoint, type StoredTree } from './checkpoint.js'

// A file is: 8 bytes of magic, the version and the length of the header (uint32 each), the total length (float64), the header
// (JSON, UTF-8), and the tensors' bytes, each beginning at a multiple of 8. Everything is little-endian, as every engine is.

const MAGIC = 'NEURCKPT'
const VERSION = 1
const PROLOGUE = 24

/** In the header, where a tensor stands: what it is and where its bytes begin. */
interface Reference {
  readonly $tensor: readonly [dtype: DType, shape: readonly number[], offset: number]
}

/** A checkpoint as bytes. Numbers keep every bit: tensors and history are raw, JSON numbers are exact. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const parts: { readonly offset: number; readonly data: TypedArray }[] = []
  let size = 0
  const put = (dtype: DType, shape: readonly number[], data: TypedArray): Reference => {
    const offset = size
    parts.push({ offset, data })
    size += align(data.byteLength)
    return { $tensor: [dtype, shape, offset] }
  }
  const tree = (node: StoredTree): unknown => {
    if (isStored(node)) return put(node.dtype, node.shape, node.data)
    if (Array.isArray(node)) return (node as readonly StoredTree[]).map(tree)
    return Object.fromEntries(
      Object.entries(node as Readonly<Record<string, StoredTree>>).map(([name, child]) => [name, tree(child)]),
    )
  }
  const { history, params, state, optimizerState, callbacks, ...plain } = checkpoint
  const header = {
    ...plain,
    // JSON has no NaN and no infinity, which a validation loss may be.
    history: mapValues(history, (values) => put('float64', [values.length], Float64Array.from(values))),
    params: tree(params),
    state: tree(state),
    optimizerState: tree(optimizerState),
    callbacks: mapValues(callbacks, ({ data, tensors }) => ({
      data,
      ...(tensors === undefined ? {} : { tensors: tree(tensors) }),
    })),
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const start = align(PROLOGUE + text.length)
  const bytes = new Uint8Array(start + size)
  bytes.set(new TextEncoder().encode(MAGIC))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, VERSION, true)
  view.setUint32(12, text.length, true)
  view.setFloat64(16, bytes.length, true)
  bytes.set(text, PROLOGUE)
  for (const { offset, data } of parts)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + offset)
  return bytes
}

/**
 * A checkpoint from its bytes. Reads data alone: nothing in it is run.
 *
 * @throws NeuriteError `BAD_CHECKPOINT` for bytes that are no whole checkpoint of this version
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  if (bytes.length < PROLOGUE || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC)
    throw damaged('it does not begin as one')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(8, true)
  if (version !== VERSION) throw damaged(`it has version ${version}, this package reads version ${VERSION}`)
  const length = view.getUint32(12, true)
  const total = view.getFloat64(16, true)
  if (total !== bytes.length || PROLOGUE + length > bytes.length)
    throw damaged(`it should be ${total} bytes long, it is ${bytes.length}`)
  const start = align(PROLOGUE + length)
  const read = (reference: unknown): TypedArray & { readonly shape?: never } => take(bytes, start, reference).data
  const tree = (node: unknown): StoredTree => {
    if (isReference(node)) return take(bytes, start, node)
    if (Array.isArray(node)) return node.map(tree)
    if (typeof node !== 'object' || node === null) throw damaged('a tree holds something else than tensors')
    return mapValues(node as Readonly<Record<string, unknown>>, tree)
  }
  const header = parse(bytes.subarray(PROLOGUE, PROLOGUE + length))
  return {
    run: header.run as Checkpoint['run'],
    progress: header.progress as Checkpoint['progress'],
    stoppedBy: header.stoppedBy as string | null,
    history: mapValues(header.history as Readonly<Record<string, unknown>>, (values) => Array.from(read(values))),
    params: tree(header.params),
    state: tree(header.state),
    optimizerState: tree(header.optimizerState),
    callbacks: mapValues(header.callbacks as Checkpoint['callbacks'], ({ data, tensors }) => ({
      data,
      ...(tensors === undefined ? {} : { tensors: tree(tensors) }),
    })),
  }
}

const FIELDS = ['run', 'progress', 'history', 'params', 'state', 'optimizerState', 'callbacks']

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw damaged('its header is no JSON', error)
  }
  const fields = header as Readonly<Record<string, unknown>> | null
  if (
    typeof fields !== 'object' ||
    fields === null ||
    !FIELDS.every((name) => typeof fields[name] === 'object' && fields[name] !== null)
  )
    throw damaged('its header lacks fields')
  return fields
}

function isReference(node: unknown): node is Reference {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, '$tensor')
}

function take(
  bytes: Uint8Array,
  start: number,
  reference: unknown,
): { readonly dtype: DType; readonly shape: readonly number[]; readonly data: TypedArray } {
  const entry: unknown = isReference(reference) ? reference.$tensor : undefined
  const [dtype, shape, offset] = (Array.isArray(entry) ? entry : []) as [DType?, number[]?, number?]
  const known =
    dtype !== undefined &&
    Object.hasOwn(BYTES_PER_ELEMENT, dtype) &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    isCount(offset)
  if (!known) throw damaged('a tensor is described wrongly')
  const begin = start + offset
  const end = begin + sizeOf(shape) * BYTES_PER_ELEMENT[dtype]
  if (end > bytes.length) throw damaged('a tensor reaches beyond its end')
  return { dtype, shape, data: viewAs(dtype, bytes.slice(begin, end).buffer) }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function viewAs(dtype: DType, buffer: ArrayBuffer): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    case 'int32':
      return new Int32Array(buffer)
    case 'bool':
      return new Uint8Array(buffer)
  }
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}

function damaged(why: string, cause?: unknown): NeuriteError {
  return new NeuriteError(
    'BAD_CHECKPOINT',
    `decodeCheckpoint: these bytes are no whole checkpoint: ${why}. Use an earlier one, or start anew.`,
    {},
    cause,
  )
}
