import { isTensor, NeuriteError } from '@neurite/core'

/** What {@link transferring} was told of. */
const marked = new WeakSet<object>()

/**
 * Marks a value whose typed arrays are to be moved when it is sent, not copied: the other side gets the memory itself, and the arrays
 * on this side are empty from then on. Returns the value, so that it stands where the value would.
 *
 * Typed arrays that are views of a part of their buffer are copied as without it, since others may use the rest. So moving is said where the value is made,
 * by the one who knows that nobody else holds it; a copy is what one gets without a word.
 *
 * @param value - a typed array, an ArrayBuffer, or plain data that holds some, at any depth
 * @example
 * ```ts
 * import { transferring, type TaskContext } from '@neurite/worker'
 * const tasks = {
 *   async *frames({ count }: { count: number }, { signal }: TaskContext) {
 *     for (let i = 0; i < count && !signal.aborted; i++) yield transferring(new Float32Array(1e6).fill(i))
 *   },
 * }
 * ```
 */
export function transferring<T extends object>(value: T): T {
  marked.add(value)
  return value
}

/** Whether {@link transferring} was told of it. */
export function isTransferring(value: unknown): boolean {
  return typeof value === 'object' && value !== null && marked.has(value)
}

/** A value in the tree: where it stands, and whether it is to be moved. */
interface Place {
  readonly value: unknown
  readonly path: readonly [parent: Place, step: string] | undefined
  readonly moved: boolean
}

/** Why a value cannot be sent. */
interface Fault {
  readonly place: Place
  readonly what: string
  readonly wayOut: string
}

/**
 * Refuses what would not arrive as it is, before anything is sent.
 *
 * @param where - what sends, for the message
 * @param name - what is sent
 * @returns the buffers of marked values, which are to be transferred
 * @throws NeuriteError `INVALID_ARGUMENT` that names the path
 */
export function checkSendable(where: string, name: string, value: unknown): ArrayBuffer[] {
  const found = walk(value)
  if (Array.isArray(found)) return found
  const path = `${name}${pathOf(found.place)}`
  const message = `${where}: ${path} is ${found.what}, which cannot be sent between threads; ${found.wayOut}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { path })
}

/** Whether {@link checkSendable} would pass it. */
export function isSendable(value: unknown): boolean {
  return Array.isArray(walk(value))
}

/** The buffers to move, or the first fault. */
function walk(root: unknown): ArrayBuffer[] | Fault {
  const buffers = new Set<ArrayBuffer>()
  // What was reached unmarked may be reached again by a marked way.
  const seen = new Map<object, boolean>()
  const places: Place[] = [{ value: root, path: undefined, moved: false }]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value } = place
    const fault = faultOf(value)
    if (fault !== undefined) return { place, ...fault }
    if (typeof value !== 'object' || value === null) continue
    const moved = place.moved || marked.has(value)
    if (seen.get(value) === true || (seen.has(value) && !moved)) continue
    seen.set(value, moved)
    if (moved) addOwnBuffer(buffers, value)
    for (const [step, item] of itemsOf(value)) places.push({ value: item, path: [place, step], moved })
  }
  return [...buffers]
}

function faultOf(value: unknown): Omit<Fault, 'place'> | undefined {
  if (isTensor(value)) return { what: 'a tensor', wayOut: 'send its numbers, await tensor.data(), and its shape' }
  if (typeof value === 'symbol') return { what: 'a symbol', wayOut: 'send a string' }
  if (typeof value === 'function')
    return { what: 'a function', wayOut: 'send a name or numbers, and make the function on the other side' }
  if (typeof value !== 'object' || value === null) return undefined
  if (isGone(ArrayBuffer.isView(value) ? value.buffer : value))
    return { what: 'memory that was moved to another thread', wayOut: 'send a copy, or make it anew' }
  const tag = tagOf(value)
  if (tag === 'Promise') return { what: 'a promise', wayOut: 'await it first' }
  if (UNCLONEABLE.has(tag)) return { what: `a ${tag}`, wayOut: 'send plain data' }
  if (tag !== 'Object') return undefined
  const prototype = Object.getPrototypeOf(value) as object | null
  // The plain objects of any realm: their prototype is the root.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  return { what: `an instance of ${value.constructor.name}`, wayOut: 'its methods would be lost: send plain data' }
}

/** Built in, and refused by structured clone. */
const UNCLONEABLE = new Set(['WeakMap', 'WeakSet', 'WeakRef', 'Generator', 'AsyncGenerator'])

/** Whether a buffer's memory has been transferred. `detached` says so too, in newer engines than some that we serve. */
function isGone(value: unknown): boolean {
  if (!(value instanceof ArrayBuffer) || value.byteLength > 0) return false
  try {
    new Uint8Array(value)
    return false
  } catch {
    return true
  }
}

/** What an object holds that could be refused or moved, with the step that leads to it. */
function* itemsOf(value: object): Generator<[step: string, item: unknown]> {
  const tag = tagOf(value)
  if (tag === 'Array') {
    for (const [i, item] of (value as readonly unknown[]).entries()) if (!isPrimitive(item)) yield [`[${i}]`, item]
  } else if (tag === 'Object') {
    for (const [key, item] of Object.entries(value)) if (!isPrimitive(item)) yield [stepTo(key), item]
  } else if (value instanceof Map) {
    for (const [key, item] of value as Map<unknown, unknown>) {
      yield [` key ${String(key)}`, key]
      yield [`.get(${String(key)})`, item]
    }
  } else if (value instanceof Set) {
    for (const item of value as Set<unknown>) yield [' item', item]
  }
  // Typed arrays, dates, blobs and the like are the platform's own to clone.
}

function addOwnBuffer(buffers: Set<ArrayBuffer>, value: object): void {
  if (value instanceof ArrayBuffer) buffers.add(value)
  if (!ArrayBuffer.isView(value)) return
  const { buffer, byteLength } = value
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.add(buffer)
}

function isPrimitive(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value)
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

function stepTo(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function pathOf(place: Place): string {
  const steps: string[] = []
  for (let at = place.path; at !== undefined; at = at[0].path) steps.unshift(at[1])
  return steps.join('')
}
