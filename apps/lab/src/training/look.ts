import { argMax, disposeTree, isTensor, reshape, tensor, transpose, type Tensor, type Tree } from '@neurite/core'
import { gradientFlow } from '@neurite/explain'
import { compileOnce, forwardOf, type Layer } from '@neurite/nn'
import { accuracy, confusionMatrix, evaluate } from '@neurite/train'
import type { LiveTraining, Uploaded } from './live-training.js'
import type { Frame, Look, Numbers } from './spec.js'
import { unitTerms } from './unit-terms.js'

/** What a look at a training finds. Nothing is changed by it. */
export async function look(training: LiveTraining, wanted: Look): Promise<Partial<Frame>> {
  const { model, loss, run, train, test } = training
  const [params, state] = [run.params, run.state]
  const found: { -readonly [K in keyof Frame]?: Frame[K] } = {}
  if (wanted.measure !== false) {
    const measure = async (rows: Uploaded): Promise<{ loss: number; accuracy?: number }> =>
      training.spec.classes
        ? evaluate(model, params, rows, { loss, metrics: { accuracy }, state })
        : evaluate(model, params, rows, { loss, state })
    const onTrain = await measure(train)
    found.trainLoss = onTrain.loss
    if (onTrain.accuracy !== undefined) found.trainAccuracy = onTrain.accuracy
    if (test !== undefined) {
      const onTest = await measure(test)
      found.testLoss = onTest.loss
      if (onTest.accuracy !== undefined) found.testAccuracy = onTest.accuracy
    }
  }
  if (wanted.predictions === true) Object.assign(found, await onTest(training))
  if (wanted.points !== undefined) Object.assign(found, await atPoints(training, wanted.points, wanted.units === true))
  if (wanted.points !== undefined && wanted.unit !== undefined)
    found.unit = await unitTerms(training, wanted.points, wanted.unit)
  if (wanted.params === true) found.params = await readParams(params)
  if (wanted.flow === true) {
    const { layers } = await gradientFlow(model, params, train, loss, { state })
    found.flow = layers.map(({ path, layer, gradientNorm, deadShare, saturatedShare, verdict }) => ({
      path,
      layer,
      gradientNorm,
      deadShare,
      saturatedShare,
      verdict,
    }))
  }
  return found
}

async function onTest({ model, run, test, spec }: LiveTraining): Promise<Pick<Frame, 'predictions' | 'testAccuracy'>> {
  if (test === undefined || spec.test === undefined) return {}
  const outputs = forwardOf(model)(run.params, run.state, test.x)
  const indices = argMax(outputs, { axis: -1 })
  try {
    const classes = Int32Array.from((await indices.data()) as ArrayLike<number>)
    const [predicted, target] = [[...classes], [...spec.test.y.data]]
    return {
      predictions: { classes, confusion: confusionMatrix(predicted, target, { classes: outputs.shape.at(-1)! }) },
      testAccuracy: accuracy(predicted, target),
    }
  } finally {
    disposeTree([outputs, indices])
  }
}

/** Every layer's output, one after the other, as unit after unit. */
const outputsOf = compileOnce((model: Layer, params: readonly Tree[], state: readonly Tree[], x: Tensor) => {
  const outputs: Tensor[] = []
  let current = x
  model.layers?.forEach((layer, i) => {
    current = layer.apply(params[i]!, current, { state: state[i]! })
    outputs.push(transpose(reshape(current, [current.shape[0]!, -1])))
  })
  return outputs
})

async function atPoints(
  { model, run, backend }: LiveTraining,
  points: Numbers,
  units: boolean,
): Promise<Pick<Frame, 'outputs' | 'units'>> {
  const x = tensor(points.data, { shape: points.shape, backend })
  try {
    if (!units) {
      const outputs = forwardOf(model)(run.params, run.state, x)
      return { outputs: await take(outputs) }
    }
    // Params and states of a sequential model are lists, one entry a layer.
    const layers = outputsOf(model)(run.params as readonly Tree[], run.state as readonly Tree[], x)
    const read = await Promise.all(layers.map(take))
    return { units: read, outputs: read.at(-1)! }
  } finally {
    x.dispose()
  }
}

async function take(values: Tensor): Promise<Float32Array> {
  const data = await values.data()
  values.dispose()
  return Float32Array.from(data as ArrayLike<number>)
}

/** The leaves of params, with the place of each. */
async function readParams(params: Tree): Promise<NonNullable<Frame['params']>> {
  const leaves: { path: string; leaf: Tensor }[] = []
  const visit = (node: Tree, path: string): void => {
    if (isTensor(node)) leaves.push({ path, leaf: node })
    else for (const [name, child] of Object.entries(node)) visit(child, path === '' ? name : `${path}.${name}`)
  }
  visit(params, '')
  return Promise.all(
    leaves.map(async ({ path, leaf }) => ({
      path,
      shape: [...leaf.shape],
      data: Float32Array.from((await leaf.data()) as ArrayLike<number>),
    })),
  )
}
