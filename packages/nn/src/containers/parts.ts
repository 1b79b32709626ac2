import { childSeed, fold, namedScope, NeuriteError, tidy, type Key, type Tree } from '@neurite/core'
import { having } from '@neurite/core/arguments'
import type { readOwnInit } from '../define-layer.js'
import type { ApplyOptions, Layer } from '../layer.js'

/** Not `dense`, where `dense(8)` was meant. */
export const aLayer = /* @__PURE__ */ having<Layer>('a layer, as dense(8) makes', 'forward', 'outputShape')

/** Runs a part of a container; an error of it then tells where it comes from: `sequential[2]: dense: ...`. */
export function inPart<T>(place: string, part: Layer, run: () => T): T {
  try {
    return namedScope(place, run)
  } catch (error) {
    if (!NeuriteError.isInstance(error)) throw error
    throw error.within(error.message.startsWith(part.name) ? place : `${place}: ${part.name}`)
  }
}

/** Params and states of all parts, each from a seed of its own. */
export function initParts(
  name: string,
  parts: readonly Layer[],
  inputShapes: readonly (readonly number[])[],
  { seed, dtype, backend }: ReturnType<typeof readOwnInit>,
): { params: Tree[]; state: Tree[] } {
  // If one fails, what the others made is given back.
  return tidy(() => {
    const made = parts.map((part, i) =>
      inPart(`${name}[${i}]`, part, () =>
        part.init({ inputShape: inputShapes[i]!, seed: childSeed(seed, i), dtype, ...(backend && { backend }) }),
      ),
    )
    return { params: made.map(({ params }) => params), state: made.map(({ state }) => state) }
  })
}

/** What the i-th step of a container is told: random numbers of its own, and its state if there is one. */
export function partOptions(
  { training, random }: { readonly training: boolean; readonly random: Key | undefined },
  i: number,
  state?: Tree,
): ApplyOptions {
  return { training, ...(random && { random: fold(random, i) }), ...(state && { state }) }
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
