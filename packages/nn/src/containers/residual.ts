import { takesNoOptions } from '@neurite/core/arguments'
import { add, formatShape, NeuriteError, sameShape } from '@neurite/core'
import type { LayerConfig } from '../config.js'
import { readApply, readForward, readInit } from '../define-layer.js'
import type { Layer, ParamsOf, StateOf } from '../layer.js'
import { aShape } from '../readers.js'
import { aLayer, entriesOf, initParts, inPart, partOptions } from './parts.js'

/** A {@link residual} block. Params and state have one entry: the inner layer's. */
export interface Residual<L extends Layer> extends Layer<readonly [ParamsOf<L>], readonly [StateOf<L>]> {
  readonly layers: readonly [L]
  readonly wiring: 'shortcut'
  withLayers(layers: readonly Layer[]): Layer
  inputShapes(inputShape: readonly number[]): readonly (readonly number[])[]
}

/**
 * x + layer(x): a shortcut around a layer that keeps the shape (He, Zhang, Ren, Sun 2015, "Deep residual learning"). Several layers go
 * into a `sequential`; a shortcut with weights of its own is a `graph`.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` in `init`, `outputShape` and `apply` if the layer changes the shape
 * @example
 * ```ts
 * import { dense, residual, sequential } from '@neurite/nn'
 * const block = residual(sequential([dense(32, { activation: 'relu' }), dense(8)]))
 * block.outputShape([8]) // => [8]
 * block.outputShape([9]) // => throws SHAPE_MISMATCH
 * ```
 */
export function residual<L extends Layer>(layer: L, ...none: readonly []): Residual<L> {
  takesNoOptions('residual', none)
  const name = 'residual'
  aLayer(name, 'the layer', layer)
  const at = <T>(run: () => T): T => inPart(`${name}[0]`, layer, run)
  const checkShapes = (inputShape: readonly number[]): readonly number[] => {
    aShape(name, 'inputShape', inputShape)
    const output = at(() => layer.outputShape(inputShape))
    if (!sameShape(output, inputShape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${name}: x + ${layer.name}(x) needs one shape, but ${layer.name} makes ${formatShape(output)} of ${formatShape(inputShape)} (without the batch axis).`,
        { inputShape, output },
      )
    }
    return inputShape
  }
  return {
    name,
    layers: [layer],
    wiring: 'shortcut',
    withLayers: (layers) => residual(layers[0]!),
    get config(): LayerConfig {
      return { kind: name, layers: [layer.config ?? null] }
    },
    outputShape: checkShapes,
    inputShapes: (inputShape) => [checkShapes(inputShape)],
    init(options) {
      const read = readInit(name, options)
      const { params, state } = initParts(name, [layer], [checkShapes(read.inputShape)], read)
      return { params: [params[0] as ParamsOf<L>], state: [state[0] as StateOf<L>] }
    },
    apply(params, x, options = {}) {
      const read = readApply(name, options)
      const [own] = entriesOf(name, 'params', params, 1)
      const [state] = read.state === undefined ? [] : entriesOf(name, 'state', read.state, 1)
      checkShapes(x.shape.slice(1))
      return add(
        x,
        at(() => layer.apply(own!, x, partOptions(read, 0, state))),
      )
    },
    forward(params, state, x, options = {}) {
      const read = readForward(name, options)
      const [own] = entriesOf(name, 'params', params, 1)
      const [before] = entriesOf(name, 'state', state, 1)
      checkShapes(x.shape.slice(1))
      const [y, after] = at(() => layer.forward(own!, before!, x, partOptions(read, 0)))
      return [add(x, y), [after as StateOf<L>]]
    },
  }
}
