import { defaultBackend, disposeTree, tidy, type ArrayData, type Backend, type Json, type Tree } from '@neurite/core'
import { must, optional, or, readOptions, type ReadBy, aBackend, anObject, type Reader } from '@neurite/core/arguments'
import { transformerFromJSON } from '@neurite/data'
import {
  badFile,
  blamed,
  aLimit,
  blameFile,
  checkBytes,
  decodeSafetensors,
  fieldsOf,
  LIMITS,
  treeFromTemplate,
  upload,
  type HostTensor,
  type Limits,
} from '@neurite/files'
import { layerFromConfig, type LayerBuilders, type LayerConfig } from '@neurite/nn'
import { dtypeOfModel, featuresOf } from './features.js'
import { FIELDS, GOLDEN_INPUTS, GOLDEN_OUTPUTS, GOLDEN_VALUES, MOST_GOLDEN } from './format.js'
import { countRows, readSchema, tableFromCells, type RawInput } from './input.js'
import { run } from './run.js'
import { SavedModel } from './saved-model.js'
import { aSignal } from './signal.js'
import { readTarget, undoScaling } from './target.js'
import { workOfFile, workOfModel } from './work.js'

/** Options of {@link loadModel}. */
export interface LoadModelOptions extends Limits {
  /** Where the params go. Default: the default backend. It may be another one than the model was saved on. */
  readonly backend?: Backend
  /** How layers of your own are built again, by kind. */
  readonly builders?: LayerBuilders
  /**
   * How far outputs may be from those in the file, relative to the largest of them, or to 0.01. Default: 1e-4 for float32, 1e-9 for float64,
   * 0.05 on a device that computes in half precision.
   */
  readonly tolerance?: number
  /**
   * How many multiplications its few golden rows may take, a number that is written counting as 32. Default: 2^28 and 2^14 for each byte of the
   * file, so that a small file cannot ask for much. Infinity for none.
   */
  readonly maxWork?: number
  /** Ends the reading with `ABORTED`. */
  readonly signal?: AbortSignal
}

const OPTIONS = {
  ...LIMITS,
  backend: /* @__PURE__ */ optional(aBackend),
  maxWork: /* @__PURE__ */ optional(aLimit),
  signal: /* @__PURE__ */ optional(aSignal),
  builders: /* @__PURE__ */ or({}, anObject as Reader<LayerBuilders>),
  tolerance: /* @__PURE__ */ optional(
    /* @__PURE__ */ must('a number >= 0', (value): value is number => typeof value === 'number' && value >= 0),
  ),
}

/** @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT` */
export function readLoadOptions(where: string, options: LoadModelOptions): ReadBy<typeof OPTIONS> {
  return readOptions(where, options, OPTIONS)
}

/**
 * A model from the bytes of its file. See {@link loadModel}.
 *
 * @throws NeuriteError as {@link loadModel}
 * @example
 * ```ts
 * import { decodeModel } from '@neurite/io'
 * decodeModel(new Uint8Array(100)) // => throws BAD_FILE
 * ```
 */
export async function decodeModel(
  bytes: Uint8Array | ArrayBuffer,
  options: LoadModelOptions = {},
): Promise<SavedModel> {
  return decode('decodeModel', checkBytes('decodeModel', bytes), readLoadOptions('decodeModel', options))
}

export async function decode(
  where: string,
  bytes: Uint8Array,
  options: ReturnType<typeof readLoadOptions>,
): Promise<SavedModel> {
  const { builders, tolerance, maxWork = workOfFile(bytes.length), backend = defaultBackend() } = options
  const { tensors, metadata } = decodeSafetensors(where, bytes, options)
  const raw = fieldsOf(where, 'model', FIELDS, metadata, bytes)
  const left = new Map(tensors)
  const take = (name: string): HostTensor | undefined => {
    left.delete(name)
    return tensors.get(name)
  }
  const input = readSchema(where, raw.input)
  const model = blameFile(`${where}: the model`, () => layerFromConfig(raw.model as LayerConfig, { builders }))
  const preprocessing =
    raw.preprocessing === undefined
      ? undefined
      : blameFile(`${where}: the preprocessing`, () => transformerFromJSON(raw.preprocessing))
  const expected = take(GOLDEN_OUTPUTS)
  const examples: RawInput | undefined =
    input.kind === 'table' ? tableFromCells(where, input.columns, raw.golden) : take(GOLDEN_INPUTS)
  if (expected === undefined || examples === undefined) throw badFile(where, 'the golden predictions are missing')
  if (!('columnNames' in examples) && (examples.shape.length === 0 || !hasShape(examples.shape.slice(1), input))) {
    throw badFile(where, 'the golden inputs do not have the shape of an input')
  }
  const rows = countRows(examples)
  if (rows < 1 || rows > MOST_GOLDEN || rows !== expected.shape[0])
    throw badFile(where, 'the golden predictions do not match their inputs')

  const uploaded: Tree[] = []
  const tree = (template: Json | undefined): Tree => {
    const made = tidy(() =>
      treeFromTemplate(where, template ?? {}, left, (stored) => {
        if (stored.data.some((value) => !Number.isFinite(value)))
          throw badFile(where, 'its params hold NaN or Infinity, of which no answers come')
        return upload(stored, backend)
      }),
    )
    uploaded.push(made)
    return made
  }
  try {
    const params = tree(raw.params)
    const state = raw.state === undefined ? undefined : tree(raw.state)
    const dtype = dtypeOfModel(params, state ?? {})
    const parts = { model, params, state, input, preprocessing, dtype, backend }
    const features = blameFile(`${where}: the golden rows`, () => featuresOf(where, examples, preprocessing, dtype))
    const work = blameFile(`${where}: the params do not fit the model`, () => workOfModel(parts, features))
    if (!(work <= maxWork)) {
      throw badFile(where, `its golden rows would take ${work} multiplications, more than maxWork = ${maxWork}`)
    }
    const output = await run(where, parts, rows, () => features).catch((error: unknown) => {
      throw blamed(`${where}: the model does not run`, error)
    })
    checkGolden(where, expected, output, tolerance ?? toleranceOf(output, backend))
    const target = readTarget(where, raw.target, output.shape.slice(1))
    if (target.scaler !== undefined) {
      const values = take(GOLDEN_VALUES)
      if (values === undefined) throw badFile(where, 'the golden values of the target are missing')
      // From the stored outputs, so that no backend is in between: a scaling that shifts far would hide what is wrong.
      const found = blameFile(`${where}: the target`, () => undoScaling(target, expected))
      checkGolden(where, values, found, 1e-9)
    }
    const [unknown] = left.keys()
    if (unknown !== undefined) throw badFile(where, `it has a tensor '${unknown}' that nothing refers to`)
    return new SavedModel({ ...parts, target })
  } catch (error) {
    disposeTree(uploaded)
    throw error
  }
}

function hasShape(
  shape: readonly number[],
  input: { readonly kind: string; readonly shape?: readonly number[] },
): boolean {
  return input.shape?.length === shape.length && input.shape.every((extent, i) => extent === shape[i])
}

function toleranceOf({ data }: ArrayData, { capabilities }: Backend): number {
  if (data instanceof Float64Array) return 1e-9
  return capabilities.float32Precision === 16 ? 0.05 : 1e-4
}

/** A model that no longer says what it said when it was saved is worse than none. */
function checkGolden(where: string, expected: ArrayData, found: ArrayData, tolerance: number): void {
  // Values near 0 may be differences of larger ones, which backends round differently.
  let scale = 0.01
  for (const value of expected.data) scale = Math.max(scale, Math.abs(value))
  const odd =
    expected.data.length === found.data.length
      ? expected.data.findIndex((value, i) => !(Math.abs(value - found.data[i]!) <= tolerance * scale))
      : 0
  if (odd < 0) return
  const row = Math.floor((odd * expected.shape[0]!) / expected.data.length)
  throw badFile(
    where,
    `the model does not predict what it did when it was saved: for golden row ${row} it gives ${found.data[odd]}, the file says ${expected.data[odd]}`,
  )
}
