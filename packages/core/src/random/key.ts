import { checkArgument, NeuriteError } from '../errors/index.js'
import { threefry2x32, type KeyWords } from './threefry.js'

export type { KeyWords }

const BRAND = Symbol.for('neurite.key')
const KEYS = Symbol.for('neurite.keys')

/** The high counter word sets folding apart from drawing, which counts with it below 2^31. */
const FOLDING = 0x8000_0000

/** A key inside a trace: the n-th key input of the program, folded with each number of the path in turn. */
export interface KeyPath {
  readonly input: number
  readonly folds: readonly number[]
}

/** Concrete words, or a path from a key input while a function is being traced. */
export type KeySource = KeyWords | KeyPath

/**
 * A random key: a value, not a generator. The same key always gives the same numbers; {@link fold} makes independent
 * ones, so use each key once. Inside a compiled function a key argument is symbolic, like a tensor.
 *
 * Keys live on the host: a GPU may have no exact integer arithmetic to compute them with.
 */
export class Key {
  readonly source: KeySource

  constructor(source: KeySource) {
    this.source = source
  }

  /** Of every copy of this class. On the prototype: a training makes a key a step. */
  get [BRAND](): true {
    return true
  }

  /** True for a Key of any copy of this package. */
  static isInstance(value: unknown): value is Key {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}

/**
 * The key of a seed. Seed 0 is a seed like any other.
 *
 * @param seed - a whole number in [-(2^53 - 1), 2^53 - 1]
 * @throws NeuriteError `INVALID_ARGUMENT` for anything else
 * @example
 * ```ts
 * import { key, uniform } from '@neurite/core'
 * const a = uniform(key(0), 3)
 * const b = uniform(key(0), 3)
 * a.every((value, i) => value === b[i]) // => true
 * ```
 */
export function key(seed: number): Key {
  checkArgument(
    Number.isSafeInteger(seed),
    () => `key: seed must be a whole number within ±(2^53 - 1), got ${String(seed)}.`,
    { seed },
  )
  return new Key([Math.floor(seed / 0x1_0000_0000) >>> 0, seed >>> 0])
}

/**
 * A key independent of `parent` and of its other children (Threefry of the parent, with `data` as the counter).
 *
 * @param parent - any key
 * @param data - a whole number >= 0 (a step, an epoch, an index; below 2^32), or a name (hashed with FNV-1a)
 * @throws NeuriteError `INVALID_ARGUMENT` for other data
 * @example
 * ```ts
 * import { fold, key, uniform } from '@neurite/core'
 * const root = key(0)
 * uniform(fold(root, 'weights'), 1)[0] === uniform(fold(root, 'dropout'), 1)[0] // => false
 * ```
 */
export function fold(parent: Key, data: number | string): Key {
  const n = typeof data === 'string' ? hash(data) : data
  checkArgument(
    Number.isInteger(n) && n >= 0 && n <= 0xffff_ffff,
    () => `fold: data must be a whole number in [0, 2^32) or a string, got ${String(data)}.`,
    { data },
  )
  const { source } = parent
  if ('input' in source) return new Key({ input: source.input, folds: [...source.folds, n] })
  return new Key(foldWords(source, n))
}

/** Many keys, one for each iteration of a `scan`: `fold(parent, from)`, `fold(parent, from + 1)`, ... */
export class Keys {
  readonly parent: Key
  readonly from: number
  readonly length: number

  /** @internal Use {@link splitKey}. */
  constructor(parent: Key, from: number, length: number) {
    this.parent = parent
    this.from = from
    this.length = length
  }

  get [KEYS](): true {
    return true
  }

  /** True for Keys of any copy of this package. */
  static isInstance(value: unknown): value is Keys {
    return typeof value === 'object' && value !== null && KEYS in value
  }
}

/**
 * As many keys as a `scan` has iterations, independent of each other: `fold(parent, from)` and those after it.
 *
 * @param parent - any key
 * @param count - how many; a whole number >= 0
 * @param from - what the first is folded with, so that a loop can go on where another ended; default 0. `from + count` is at most 2^32
 * @throws NeuriteError `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { key, splitKey } from '@neurite/core'
 * splitKey(key(0), 3).length // => 3
 * ```
 */
export function splitKey(parent: Key, count: number, from = 0): Keys {
  checkArgument(
    Number.isInteger(count) && count >= 0 && Number.isInteger(from) && from >= 0 && from + count <= 0x1_0000_0000,
    () =>
      `splitKey: count and from must be whole numbers >= 0, together at most 2^32, got ${String(count)} and ${String(from)}.`,
    { count, from },
  )
  return new Keys(parent, from, count)
}

/** Writes the words of each of some keys, `stride` words apart. */
export function writeKeys({ parent, from, length }: Keys, into: Uint32Array, at: number, stride: number): void {
  const source = resolveKey(parent.source)
  const words = new Uint32Array(2)
  for (let i = 0; i < length; i++, at += stride) {
    threefry2x32(source, from + i, FOLDING, words)
    into[at] = words[0]!
    into[at + 1] = words[1]!
  }
}

/**
 * The words a key stands for. For backends that compute `random` themselves; users need no words.
 *
 * @param source - of a key, or in the params of a program's `random` instruction
 * @param inputs - the words of the program's key inputs, which a symbolic source refers to
 * @throws NeuriteError `SYMBOLIC_ESCAPE` for a source of a trace that has ended
 * @example
 * ```ts
 * import { key, resolveKey } from '@neurite/core'
 * resolveKey(key(7).source) // => [0, 7]
 * ```
 */
export function resolveKey(source: KeySource, inputs: readonly KeyWords[] = []): KeyWords {
  if (!('input' in source)) return source
  const words = inputs[source.input]
  if (words === undefined) {
    throw new NeuriteError(
      'SYMBOLIC_ESCAPE',
      'random: this key belongs to a trace that has ended; pass the key as an argument of the compiled function.',
    )
  }
  return source.folds.reduce(foldWords, words)
}

function foldWords(words: KeyWords, n: number): KeyWords {
  const out = new Uint32Array(2)
  threefry2x32(words, n, FOLDING, out)
  return [out[0]!, out[1]!]
}

/** FNV-1a, 32 bit, over UTF-16 code units: names become fold numbers. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
