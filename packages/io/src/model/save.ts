import { takesNoOptions } from '@neurite/core/arguments'
import { readBytes, writeBytes, type FileSource, type FileTarget } from '@neurite/files'
import { decode, readLoadOptions, type LoadModelOptions } from './decode.js'
import { encode, type ModelParts } from './encode.js'
import type { SavedModel } from './saved-model.js'

/**
 * Saves a model with everything that a prediction needs, as one file: so that what was done to the training data is done to
 * every later row, and an output is read as it was trained.
 *
 * The file is a safetensors file. A path is replaced as a whole or not at all.
 *
 * @param target - a path (Node, Bun, Deno) or the handle of a file (browsers); {@link encodeModel} gives the bytes for anything else
 * @throws NeuriteError `INVALID_ARGUMENT` for parts that do not belong together, or what is no target; `BAD_FILE` for a target that
 * cannot be written;
 * `NOT_SUPPORTED` for a layer whose config is not plain data, or a graph of several inputs or outputs; `NOT_FITTED`; `NOT_INITIALIZED`, `SHAPE_MISMATCH` for params that are
 * not the model's; `NON_FINITE` for a model that predicts NaN; `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { standardScaler, Table } from '@neurite/data'
 * import { dense } from '@neurite/nn'
 * import { loadModel, saveModel } from '@neurite/io'
 * const people = Table.fromRows([{ height: 150, weight: 50 }, { height: 190, weight: 90 }])
 * const preprocessing = standardScaler().fit(people.features)
 * const model = dense(2)
 * const { params } = model.init({ inputShape: [2] })
 * await saveModel('people.safetensors', { model, params, preprocessing, labels: ['short', 'tall'], examples: people })
 *
 * const loaded = await loadModel('people.safetensors')
 * loaded.labels // => ['short', 'tall']
 * loaded.predict({ weight: 70 }) // => throws INVALID_ARGUMENT
 * ```
 */
export async function saveModel(target: FileTarget, parts: ModelParts, ...none: readonly []): Promise<void> {
  takesNoOptions('saveModel', none)
  await writeBytes('saveModel', target, await encode('saveModel', parts))
}

/**
 * Loads a model that {@link saveModel} wrote. What the file claims is checked, nothing in it is run, and its own example rows
 * must come out as they did when it was saved. On the same backend it predicts bit for bit the same.
 *
 * @param source - a path or an address, a Blob or File, the handle of a file, a stream, or bytes
 * @returns the model, whose `predict` takes raw rows
 * @throws NeuriteError `BAD_FILE` for a file that cannot be read, is damaged, of another kind, too large, of a newer version, whose
 * parts do not belong together, or whose few example rows would take far more work than a file of its size should; `INVALID_ARGUMENT` for what is no source; `NOT_SUPPORTED` for a dtype that the backend lacks; `ABORTED`; `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { dense } from '@neurite/nn'
 * import { ones } from '@neurite/nn/initializers'
 * import { encodeModel, loadModel } from '@neurite/io'
 * const model = dense(1, { weightInitializer: ones })
 * const { params } = model.init({ inputShape: [2] })
 * const bytes = await encodeModel({ model, params, examples: [[1, 2]] })
 * const loaded = await loadModel(new Blob([bytes]))
 * await loaded.predict([3, 4]) // => 7
 * await loaded.predict([[3, 4], [5, 6]]) // => [7, 11]
 * ```
 */
export async function loadModel(source: FileSource, options: LoadModelOptions = {}): Promise<SavedModel> {
  const read = readLoadOptions('loadModel', options)
  return decode('loadModel', await readBytes('loadModel', source, read.maxBytes, read.signal), read)
}
