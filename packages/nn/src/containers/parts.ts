import { checkArgument, fold, NeuriteError, type Tree } from '@neurite/core'
import type { ApplyOptions, InitOptions, Layer } from '../layer.js'
import { childSeed } from '../seed.js'

/** Refuses what is no layer, such as `dense` where `dense(8)` was meant. */
export function checkLayer(where: string, part: Layer): void {
  checkArgument(
    typeof (part as Partial<Layer> | undefined)?.forward === 'function',
    () => `${where} must be a layer, as dense(8) makes, got ${typeof part}.`,
  )
}

/** Runs a part of a container; an error of it then tells where it comes from: `sequential[2] dense: ...`. */
export function inPart<T>(place: string, part: Layer, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!NeuriteError.isInstance(error)) throw error
    const { code, details, cause } = error
    const message = error.message.slice(0, -code.length - 3)
    const named = message.startsWith(part.name) ? message : `${part.name}: ${message}`
    throw new NeuriteError(code, `${place} ${named}`, details, cause ?? error)
  }
}

/** Params and states of all parts, each from a seed of its own. */
export function initParts(
  name: string,
  parts: readonly Layer[],
  inputShapes: readonly (readonly number[])[],
  options: Omit<InitOptions, 'inputShape'>,
): { params: Tree[]; state: Tree[] } {
  const made = parts.map((part, i) =>
    inPart(`${name}[${i}]`, part, () =>
      part.init({ ...options, inputShape: inputShapes[i]!, seed: childSeed(options.seed ?? 0, i) }),
    ),
  )
  return { params: made.map(({ params }) => params), state: made.map(({ state }) => state) }
}

/** What the i-th step of a container is told: random numbers of its own, and its state if there is one. */
export function partOptions({ training, random }: ApplyOptions, i: number, state?: Tree): ApplyOptions {
  return {
    ...(training !== undefined && { training }),
    ...(random && { random: fold(random, i) }),
    ...(state && { state }),
  }
}

/** The entries for each part, of params or of a state. */
export function entriesOf(name: string, what: 'params' | 'state', tree: unknown, count: number): readonly Tree[] {
  if (Array.isArray(tree) && tree.length === count) return tree as readonly Tree[]
  const got = Array.isArray(tree) ? `an array of ${tree.length}` : tree === undefined ? 'nothing' : typeof tree
  throw new NeuriteError(
    'NOT_INITIALIZED',
    `${name}: ${what} must be an array with an entry for each of its ${count} layers, got ${got}; make it with init.`,
  )
}
