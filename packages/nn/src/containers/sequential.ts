import { checkArgument, type Tensor, type Tree } from '@neurite/core'
import { listOf, takesNoOptions } from '@neurite/core/arguments'
import type { LayerConfig } from '../config.js'
import { readApply, readForward, readInit } from '../define-layer.js'
import type { Layer, ParamsOf, StateOf } from '../layer.js'
import { aShape } from '../readers.js'
import { aLayer, entriesOf, initParts, inPart, partOptions } from './parts.js'

/** The params of {@link sequential}: one entry for each layer, `{}` for a layer without params. */
export type SequentialParams<L extends readonly Layer[]> = { readonly [I in keyof L]: ParamsOf<L[I]> }

/** The state of {@link sequential}, likewise. */
export type SequentialState<L extends readonly Layer[]> = { readonly [I in keyof L]: StateOf<L[I]> }

/** A {@link sequential} model. */
export interface Sequential<L extends readonly Layer[]> extends Layer<SequentialParams<L>, SequentialState<L>> {
  readonly layers: L
  readonly wiring: 'chain'
  withLayers(layers: readonly Layer[]): Layer
  inputShapes(inputShape: readonly number[]): readonly (readonly number[])[]
}

/**
 * Layers one after the other (chapter 4.2.2). Each gets a seed of its own in `init` and a random key of its own in
 * training, both from its position alone.
 *
 * @param layers - at least one; a `sequential` may be among them
 * @throws NeuriteError `INVALID_ARGUMENT` for an empty list
 * @example
 * ```ts
 * import { zeros } from '@neurite/core'
 * import { dense, dropout, sequential } from '@neurite/nn'
 * const model = sequential([dense(16, { activation: 'relu' }), dropout(0.1), dense(3)])
 * const { params } = model.init({ inputShape: [4], seed: 7 })
 * params[0].weight.shape // => [4, 16]
 * model.apply(params, zeros([5, 4])).shape // => [5, 3]
 * model.apply(params, zeros([5, 2])) // => throws SHAPE_MISMATCH
 * ```
 */
export function sequential<const L extends readonly Layer[]>(layers: L, ...none: readonly []): Sequential<L> {
  takesNoOptions('sequential', none)
  const name = 'sequential'
  // A copy: what becomes of the caller's array changes no model.
  layers = listOf(aLayer)(name, 'layers', layers) as readonly Layer[] as L
  checkArgument(layers.length > 0, () => `${name}: layers must be one or more, got none.`)
  const at = <T>(i: number, run: (part: Layer) => T): T => inPart(`${name}[${i}]`, layers[i]!, () => run(layers[i]!))

  /** The input shape of each layer, and the output shape of the last. */
  const shapes = (inputShape: readonly number[]): (readonly number[])[] => {
    const all = [aShape(name, 'inputShape', inputShape)]
    for (let i = 0; i < layers.length; i++) all.push(at(i, (part) => part.outputShape(all[i]!)))
    return all
  }

  return {
    name,
    layers,
    wiring: 'chain',
    withLayers: sequential,
    get config(): LayerConfig {
      return { kind: name, layers: layers.map((part) => part.config ?? null) }
    },
    outputShape: (inputShape) => shapes(inputShape).at(-1)!,
    inputShapes: (inputShape) => shapes(inputShape).slice(0, -1),
    init(options) {
      const read = readInit(name, options)
      return initParts(name, layers, shapes(read.inputShape).slice(0, -1), read) as {
        params: SequentialParams<L>
        state: SequentialState<L>
      }
    },
    apply(params, x, options = {}) {
      const { state, ...read } = readApply(name, options)
      const parts = entriesOf(name, 'params', params, layers.length)
      const states = state === undefined ? [] : entriesOf(name, 'state', state, layers.length)
      return layers.reduce(
        (h: Tensor, _part, i) => at(i, (part) => part.apply(parts[i]!, h, partOptions(read, i, states[i]))),
        x,
      )
    },
    forward(params, state, x, options = {}) {
      const read = readForward(name, options)
      const parts = entriesOf(name, 'params', params, layers.length)
      const states = entriesOf(name, 'state', state, layers.length)
      let h = x
      const next: Tree[] = layers.map((_part, i) => {
        const [output, nextState] = at(i, (part) => part.forward(parts[i]!, states[i]!, h, partOptions(read, i)))
        h = output
        return nextState
      })
      return [h, next as SequentialState<L>]
    },
  }
}
