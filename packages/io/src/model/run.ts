import { tensor, type ArrayData } from '@neurite/core'
import { checkIndices, forwardOf, inBatches, inputIndices } from '@neurite/nn'
import type { SavedModelParts } from './saved-model.js'

/** How rows go through: some at once, and what is called between. */
export interface Batching {
  readonly batchSize: number
  readonly pause: () => Promise<void> | undefined
}

const AT_ONCE: Batching = { batchSize: Infinity, pause: () => undefined }

/**
 * The model's output for rows, on the host.
 *
 * @param featuresBetween - what the model takes for the rows from one to before another
 */
export async function run(
  where: string,
  { model, params, state, backend }: Pick<SavedModelParts, 'model' | 'params' | 'state' | 'backend'>,
  rows: number,
  featuresBetween: (from: number, to: number) => ArrayData,
  { batchSize, pause }: Batching = AT_ONCE,
): Promise<ArrayData> {
  const indices = inputIndices(model)
  const prepare = (from: number, to: number): ArrayData => {
    const features = featuresBetween(from, to)
    if (indices !== undefined) checkIndices(where, features, indices)
    return features
  }
  const features = (from: number, to: number): ArrayData => {
    try {
      return prepare(from, to)
    } catch (error) {
      // Its message counts the rows of a batch: prepared together with those before, the same row is named by its place.
      if (from > 0) prepare(0, to)
      throw error
    }
  }
  if (rows === 0) {
    const { shape } = prepare(0, 0)
    return { shape: [0, ...model.outputShape(shape.slice(1))], data: new Float32Array() }
  }
  const forward = forwardOf(model)
  const output = await inBatches(
    rows,
    batchSize,
    (from, to) => forward(params, state, tensor(features(from, to), { backend })),
    pause,
  )
  try {
    return await output.toHost()
  } finally {
    output.dispose()
  }
}
