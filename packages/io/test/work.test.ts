import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { decodeSafetensors } from '@neurite/files'
import { conv2d, sequential, type LayerConfig } from '@neurite/nn'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { decodeModel, encodeModel, loadModel } from '../src/index.js'
// @boundaries-ignore what tests of two packages share has no name to import it by
import { raw, signed } from '../../files/test/support/file.js'

const base = cpu()
const compile = vi.fn(base.compile)
const backend = { ...base, compile }
setDefaultBackend(backend)

/** A valid file of a model, and the same with other fields. */
let valid: Uint8Array
let changed: (fields: Readonly<Record<string, unknown>>) => Uint8Array
beforeAll(async () => {
  const model = sequential([conv2d(1, { kernelSize: 3, padding: 'same' })])
  const { params } = model.init({ inputShape: [4, 4, 1] })
  valid = await encodeModel({ model, params, examples: { shape: [1, 4, 4, 1], data: new Float32Array(16).fill(1) } })
  const length = Number(new DataView(valid.buffer).getBigUint64(0, true))
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(valid.subarray(8, 8 + length))) as Record<
    string,
    object
  >
  changed = (fields) => {
    const texts = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)])
    const header = { __metadata__: { ...__metadata__, ...Object.fromEntries(texts) }, ...tensors }
    return signed(raw(JSON.stringify(header), Array.from(valid.subarray(8 + length))))
  }
})

const conv = { kind: 'conv2d', filters: 1, kernelSize: 3 }
const weights = { weight: 'params.0.weight', bias: 'params.0.bias' }
const far = [
  [9000, 9000],
  [9000, 9000],
]

describe('a small file that asks for much work is refused before anything is computed', () => {
  test.each<[string, readonly object[]]>([
    ['a padding of 9000', [{ ...conv, padding: far }]],
    ['a padding of 9000 and a stride', [{ ...conv, padding: far, strides: 2 }]],
    ['a window of 9001 and its padding', [{ kind: 'maxPool2d', window: 9001, strides: 1, padding: far }]],
    ['a window of 10^6, over one place', [{ kind: 'avgPool2d', window: 1e6, strides: 1, padding: 'same' }]],
    ['a window of 10^5, of maxima', [{ kind: 'maxPool2d', window: 1e5, strides: 1, padding: 'same' }]],
    ['a hundred thousand steps', Array.from({ length: 20_000 }, () => ({ kind: 'activation', activation: 'gelu' }))],
  ])('%s', async (_, layers) => {
    const config = { kind: 'sequential', layers }
    const params = layers.map((layer) => ('filters' in layer ? weights : {}))
    const before = base.memory().buffers
    compile.mockClear()
    await expect(decodeModel(changed({ model: config, params }))).rejects.toThrow(
      /^decodeModel: its golden rows would take [0-9.e+]+ multiplications, more than maxWork = \d+\. \[BAD_FILE\]$/,
    )
    expect(compile).not.toHaveBeenCalled()
    expect(base.memory().buffers).toBe(before)
  })

  test.each<[string, object | null]>([
    ['an embedding of 10^15 words', { kind: 'embedding', vocabulary: 1e9, dim: 1e6 }],
    ['10^15 units', { kind: 'dense', units: 1e15 }],
    ['10^15 filters', { ...conv, filters: 1e15 }],
    ['a kernel of 10^15', { ...conv, kernelSize: 1e15 }],
    ['patches into 10^15', { kind: 'patchEmbedding', dim: 1e15, patchSize: 2 }],
  ])('%s: params are what the file has', async (_, layer) => {
    compile.mockClear()
    const file = changed({ model: { kind: 'sequential', layers: [layer] } })
    await expect(decodeModel(file)).rejects.toThrow(/the params do not fit the model.*\[BAD_FILE\]$/)
    expect(compile).not.toHaveBeenCalled()
  })

  test('a few bytes of polynomials', async () => {
    const step = { kind: 'polynomialFeatures', options: { degree: 1, includeBias: false }, state: { width: 60_000 } }
    const preprocessing = { kind: 'pipeline', options: {}, state: { steps: [step, step] } }
    await expect(decodeModel(changed({ preprocessing }))).rejects.toThrow(
      /together.*more than 100000 products.*BAD_FILE/,
    )
  })

  test('many columns: none is looked for in a list', async () => {
    const columns = Array.from({ length: 3000 }, (_, i) => ({ name: `c${i}`, type: 'number' }))
    const find = vi.spyOn(Array.prototype, 'findIndex')
    try {
      await expect(decodeModel(changed({ input: { kind: 'table', columns } }))).rejects.toMatchObject({
        code: 'BAD_FILE',
      })
      expect(find.mock.contexts.filter((list) => (list as unknown[]).length === 3000)).toHaveLength(0)
    } finally {
      find.mockRestore()
    }
  })
})

test('maxWork is what the caller says', async () => {
  const loaded = await decodeModel(valid, { maxWork: 2 ** 21 })
  loaded.dispose()
  await expect(decodeModel(valid, { maxWork: 100 })).rejects.toThrow(/more than maxWork = 100/)
  await expect(decodeModel(valid, { maxWork: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  const config: LayerConfig = {
    kind: 'sequential',
    layers: [
      {
        ...conv,
        padding: [
          [1200, 1200],
          [1200, 1200],
        ],
      },
    ],
  }
  // Not refused for its work, but for what it predicts.
  const file = changed({ model: config })
  await expect(decodeModel(file)).rejects.toThrow(/maxWork/)
  await expect(decodeModel(file, { maxWork: Infinity })).rejects.toThrow(/does not predict what it did/)
})

test('a model that works long is saved with fewer rows, so that its file loads', async () => {
  const rowsOf = async (side: number): Promise<number> => {
    const model = sequential([conv2d(16, { kernelSize: 1, activation: 'relu' }), conv2d(1, { kernelSize: 1 })])
    const { params } = model.init({ inputShape: [side, side, 1] })
    const data = Float32Array.from({ length: 9 * side * side }, (_, i) => i % 7)
    const bytes = await encodeModel({ model, params, examples: { shape: [9, side, side, 1], data } })
    const loaded = await decodeModel(bytes)
    loaded.dispose()
    const { tensors } = decodeSafetensors('test', bytes, { maxBytes: Infinity, maxTensors: 100 })
    return tensors.get('golden.outputs')!.shape[0]!
  }
  expect(await rowsOf(8)).toBe(8)
  expect(await rowsOf(256)).toBe(2)
  expect(await rowsOf(512)).toBe(1)
})

test('a signal ends the loading', async () => {
  const stalled = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
  const controller = new AbortController()
  const loading = loadModel(stalled, { signal: controller.signal })
  setTimeout(() => controller.abort(), 5)
  await expect(loading).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(loadModel(new Blob([valid as BlobPart]), { signal: {} as never })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  })
})
