import { isTensor, tensorsIn, type Tree } from '@neurite/core'
import type { Layer } from '@neurite/nn'
import { activationOf } from '../network/leaves.js'
import type { PreActivation } from './describe.js'
import { defaultNames } from './names.js'

const hasActivation = (layer: Layer): boolean => (activationOf(layer) ?? 'identity') !== 'identity'

/** Whether what a layer makes is a weighted sum, Z, rather than an activation of one, A (chapter 4.3.4, Remark 2). */
export const isWeightedSum = (layer: Layer): boolean => layer.map === 'matrix' && !hasActivation(layer)

/** W_{1} and b_{1} for the first of a model's layers, and so on; the path for everything else. */
export function layerNames(model: Layer, params: Tree): unknown {
  const ofLayer = (tree: Tree, index: number): unknown =>
    isTensor(tree) || Array.isArray(tree)
      ? defaultNames(tree, `params[${index}]`)
      : Object.fromEntries(
          Object.entries(tree).map(([key, part]) => [
            key,
            isTensor(part) && (key === 'weight' || key === 'bias')
              ? `${key === 'weight' ? 'W' : 'b'}_{${index + 1}}`
              : defaultNames(part, `params[${index}].${key}`),
          ]),
        )
  if (model.layers !== undefined && Array.isArray(params)) return (params as readonly Tree[]).map(ofLayer)
  return ofLayer(params, 0)
}

/** For each layer with params and an activation: the name of what enters the activation, Z_{1} where A_{1} comes out. */
export function preActivationsOf(model: Layer, params: Tree): PreActivation[] {
  const layers = model.layers !== undefined && Array.isArray(params) ? model.layers : [model]
  const trees = model.layers !== undefined && Array.isArray(params) ? (params as readonly Tree[]) : [params]
  let place = 0
  return layers.flatMap((layer, i) => {
    const leaves = tensorsIn(trees[i]).map(() => place++)
    return hasActivation(layer) && leaves.length > 0 ? [{ leaves, name: `Z_{${i + 1}}` }] : []
  })
}
