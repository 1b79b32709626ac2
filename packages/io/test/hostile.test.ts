import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { columnTransformer, minMaxScaler, oneHotEncoder, Table } from '@neurite/data'
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@neurite/files'
import { batchNorm, dense, embedding, sequential } from '@neurite/nn'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { decodeModel, encodeModel, fromSafetensors } from '../src/index.js'
// @boundaries-ignore what tests of two packages share has no name to import it by
import { claims, file, raw, signed } from '../../files/test/support/file.js'

const backend = cpu()
setDefaultBackend(backend)

const f32 = { dtype: 'F32', shape: [1], data: [0, 0, 0, 0] }
afterEach(() => {
  // What a file tried must not have reached anything.
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

const tree = (text: string) => signed(file({ a: f32 }, claims('tree', { tree: text })))

describe('safetensors', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['a name of 10^5 parts', file({ [Array(1e5).fill('a').join('.')]: f32 }), /more than 100 parts/],
    ['a tree that is no JSON', tree('{'), /no JSON/],
    ['a tree of numbers', tree('[1]'), /something else than names/],
    ['a tree of other names', tree('["b"]'), /'b', which is no tensor/],
    ['a tree that repeats a name', tree('["a","a"]'), /stands in it twice/],
  ])('refused: %s', (_, bytes, message) => {
    const before = backend.memory().buffers
    expect(() => fromSafetensors(bytes)).toThrow(message)
    expect(() => fromSafetensors(bytes)).toThrow(/\[BAD_FILE\]/)
    expect(backend.memory().buffers).toBe(before)
  })

  test('limits of bytes and of tensors', () => {
    const bytes = file({ a: f32, b: f32 })
    expect(fromSafetensors(bytes, { maxBytes: bytes.length, maxTensors: 2 })).toHaveProperty('b')
    expect(() => fromSafetensors(bytes, { maxBytes: bytes.length - 1 })).toThrow(/more than maxBytes/)
    expect(() => fromSafetensors(bytes, { maxTensors: 1 })).toThrow(/2 tensors, more than maxTensors = 1/)
    expect(() => fromSafetensors(bytes, JSON.parse('{"maxByte":1}') as object)).toThrow(/UNKNOWN_OPTION/)
    expect(() => fromSafetensors('text' as never)).toThrow(/INVALID_ARGUMENT/)
  })
})

const table = Table.fromRows([
  { size: 1, colour: 'red', kind: 'a' },
  { size: 3, colour: 'blue', kind: 'b' },
  { size: 2, colour: 'red', kind: 'b' },
]).withTarget('kind')

async function modelFile(): Promise<Uint8Array> {
  const model = sequential([dense(4, { activation: 'relu' }), batchNorm(), dense(2)])
  const { params, state } = model.init({ inputShape: [3], seed: 1 })
  const preprocessing = columnTransformer([
    { columns: 'size', use: minMaxScaler() },
    { columns: 'colour', use: oneHotEncoder() },
  ]).fit(table)
  return encodeModel({ model, params, state, preprocessing, labels: ['a', 'b'], examples: table })
}

let valid: Uint8Array
let metadata: Record<string, string>
let header: Record<string, unknown>
let body: number[]
beforeAll(async () => {
  valid = await modelFile()
  const length = Number(new DataView(valid.buffer).getBigUint64(0, true))
  header = JSON.parse(new TextDecoder().decode(valid.subarray(8, 8 + length)))
  metadata = header['__metadata__'] as Record<string, string>
  body = Array.from(valid.subarray(8 + length))
})

test('a NaN in the params that no golden row meets', async () => {
  const model = embedding(2, 1)
  const params = { weight: tensor([[0.25], [0.75]]) }
  const bytes = await encodeModel({ model, params, examples: { shape: [1, 1], data: new Int32Array(1) } })
  expect((await decodeModel(bytes)).labels).toBeUndefined()
  const at = Buffer.from(bytes).indexOf(Buffer.from(Float32Array.of(0.75).buffer))
  bytes.set(new Uint8Array(Float32Array.of(NaN).buffer), at)
  await expect(decodeModel(signed(bytes))).rejects.toThrow(/params hold NaN.*\[BAD_FILE\]/)
})

/** The valid file with some fields of its metadata changed, or with `undefined` left out. */
const changed = (fields: Record<string, string | undefined>) =>
  signed(raw(JSON.stringify({ ...header, __metadata__: { ...metadata, ...fields } }), body))
const deep = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times)

describe('model files', () => {
  test('the unchanged file loads', async () => {
    const loaded = await decodeModel(changed({}))
    expect(await loaded.predict(table)).toHaveLength(3)
    loaded.dispose()
  })

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      'tensors without a model',
      { format: 'pt' },
      /expected a model, got tensors in a safetensors file \(see fromSafetensors/,
    ],
    ['a newer version', { version: '2' }, /has version 2, this package reads version 1; update/],
    ['no version', { version: undefined }, /has version undefined/],
    ['an unknown layer', { model: '{"kind":"evil"}' }, /unknown kind "evil"/],
    ['a layer of Object.prototype', { model: '{"kind":"constructor"}' }, /unknown kind "constructor"/],
    ['a model that is a number', { model: '1' }, /the model/],
    ['no model', { model: undefined }, /the model/],
    ['a model nested too deep', { model: deep('{"kind":"residual","layers":[', ']}', 1e5) }, /nested more than 100/],
    ['layers that are no list', { model: '{"kind":"sequential","layers":{"length":1}}' }, /layers must be an array/],
    ['units that are an object', { model: '{"kind":"dense","units":{"valueOf":1}}' }, /units/],
    ['an option the layer does not know', { model: '{"kind":"dense","units":2,"evil":1}' }, /evil/],
    [
      'other layers than the params',
      { model: '{"kind":"sequential","layers":[{"kind":"dense","units":2}]}' },
      /params/,
    ],
    ['params of nothing', { params: '[]' }, /params/],
    [
      'params that are swapped',
      { params: '[{"weight":"params.2.weight","bias":"params.2.bias"},{},{"weight":"params.0.weight"}]' },
      /params/,
    ],
    ['a state of nothing', { state: '[]' }, /state/],
    [
      'a graph that doubles 60 times',
      {
        model: JSON.stringify({
          kind: 'graph',
          layers: [],
          nodes: [
            { kind: 'input', shape: [3] },
            ...Array.from({ length: 60 }, (_, i) => ({ kind: 'concat', axis: -1, inputs: [i, i] })),
          ],
          inputs: 0,
          outputs: 60,
        }),
        params: '[]',
        state: undefined,
      },
      /golden rows would take [0-9.e+]+ multiplications, more than maxWork = \d+/,
    ],
    [
      'an image of 10^10 pixels',
      {
        model: JSON.stringify({
          kind: 'sequential',
          layers: [
            { kind: 'unflatten', shape: [1, 3, 1] },
            {
              kind: 'maxPool2d',
              window: 1e5,
              strides: 1,
              padding: [
                [99999, 99999],
                [99999, 99999],
              ],
            },
          ],
        }),
        params: '[{},{}]',
        state: undefined,
      },
      /more than maxWork/,
    ],
    [
      'a window of 10^9',
      {
        model: JSON.stringify({
          kind: 'sequential',
          layers: [
            { kind: 'unflatten', shape: [1, 3, 1] },
            { kind: 'avgPool2d', window: 1e9, strides: 1, padding: 'same' },
          ],
        }),
        params: '[{},{}]',
        state: undefined,
      },
      /./,
    ],
    [
      'an unknown transformer',
      { preprocessing: '{"kind":"evil","options":{}}' },
      /the preprocessing: .*kind must be 'minMaxScaler', .*, got 'evil'/,
    ],
    [
      'a transformer of Object.prototype',
      { preprocessing: '{"kind":"toString","options":{}}' },
      /kind must be .*, got 'toString'/,
    ],
    ['no preprocessing', { preprocessing: undefined }, /golden rows: .*text/],
    [
      'preprocessing of other columns',
      { preprocessing: '{"kind":"standardScaler","options":{},"state":{"mean":[0],"scale":[1]}}' },
      /BAD_FILE/,
    ],
    ['another mean', { preprocessing: '' }, /no JSON/],
    [
      'polluting preprocessing',
      { preprocessing: '{"kind":"pipeline","options":{"__proto__":{"polluted":1}},"state":{"steps":[]}}' },
      /__proto__/,
    ],
    ['a schema of nothing', { input: 'null' }, /the input: .*must be an object, got null/],
    [
      'a schema with a column twice',
      { input: '{"kind":"table","columns":[{"name":"size","type":"number"},{"name":"size","type":"number"}]}' },
      /the column 'size' stands twice/,
    ],
    [
      'columns of other types',
      { input: '{"kind":"table","columns":[{"name":"colour","type":"number"},{"name":"size","type":"number"}]}' },
      /./,
    ],
    [
      'an array in place of a table',
      { input: '{"kind":"array","shape":[3],"dtype":"float32"}' },
      /golden predictions are missing/,
    ],
    ['no golden rows', { golden: undefined }, /golden rows/],
    ['golden rows of other width', { golden: '[[1]]' }, /cell for each column/],
    ['golden cells that are objects', { golden: '[[{},"red"],[1,"red"],[1,"red"]]' }, /./],
    ['more golden rows than outputs', { golden: '[[1,"red"],[1,"red"],[1,"red"],[1,"red"]]' }, /do not match/],
    ['other golden rows', { golden: '[[9,"red"],[3,"blue"],[2,"red"]]' }, /does not predict/],
    [
      'labels that are numbers and text',
      { target: '{"labels":["a",1]}' },
      /labels must be a list of names or of numbers/,
    ],
    ['one label twice', { target: '{"labels":["a","a"]}' }, /stands twice/],
    ['too many labels', { target: '{"labels":["a","b","c"]}' }, /3 labels do not fit/],
    ['a threshold that is text', { target: '{"labels":["a","b"],"threshold":"0"}' }, /BAD_FILE/],
    [
      'a scaler that is an encoder',
      { target: '{"scaler":{"kind":"oneHotEncoder","options":{},"state":{"categories":[["a","b"]]}}}' },
      /no scaler/,
    ],
    [
      'a scaler of other width',
      { target: '{"scaler":{"kind":"standardScaler","options":{},"state":{"mean":[0],"scale":[1]}}}' },
      /the target/,
    ],
  ])('refused: %s', async (_, fields, message) => {
    const before = backend.memory().buffers
    const bytes = changed(fields)
    await expect(decodeModel(bytes)).rejects.toThrow(message)
    await expect(decodeModel(bytes)).rejects.toMatchObject({ code: 'BAD_FILE' })
    expect(backend.memory().buffers).toBe(before)
  })

  test('a weight that changed is noticed by the golden predictions', async () => {
    const { data_offsets } = header['params.2.bias'] as { data_offsets: [number, number] }
    const bytes = valid.slice()
    const at = bytes.length - body.length + data_offsets[0]
    new DataView(bytes.buffer).setFloat32(at, 0.5, true)
    await expect(decodeModel(bytes)).rejects.toThrow(/the checksum is wrong/)
    const changed = signed(bytes)
    await expect(decodeModel(changed)).rejects.toThrow(
      /does not predict what it did when it was saved: for golden row 0/,
    )
    const tolerant = await decodeModel(changed, { tolerance: 10 })
    tolerant.dispose()
    // The same backend gives the same bits.
    const exact = await decodeModel(valid, { tolerance: 0 })
    exact.dispose()
    await expect(decodeModel(changed, { tolerance: 0 })).rejects.toThrow(/does not predict/)
  })

  test('a scaler that changed is noticed too', async () => {
    const text = metadata['preprocessing']!
    expect(text).toContain('"dataMin":[1]')
    await expect(
      decodeModel(changed({ preprocessing: text.replace('"dataMin":[1]', '"dataMin":[0.9]') })),
    ).rejects.toThrow(/does not predict what it did/)
  })
})

test('there are 1 to 8 golden rows', async () => {
  const model = dense(1)
  const { params } = model.init({ inputShape: [2], seed: 1 })
  const examples = [[1, 2]]
  const bytes = await encodeModel({ model, params, examples })
  const { tensors, metadata } = decodeSafetensors('test', bytes, { maxBytes: Infinity, maxTensors: Infinity })
  const withRows = (count: number): Uint8Array => {
    const repeated = [...tensors].map(([name, { dtype, shape, data }]): [string, HostTensor] => {
      if (!name.startsWith('golden.')) return [name, { dtype, shape, data }]
      const values = Array.from({ length: count * data.length }, (_, i) => data[i % data.length]!)
      const rows = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
      return [name, { dtype, shape: [count, ...shape.slice(1)], data: rows }]
    })
    return encodeSafetensors({ tensors: new Map(repeated), metadata })
  }
  for (const count of [1, 8]) (await decodeModel(withRows(count))).dispose()
  for (const count of [0, 9])
    await expect(decodeModel(withRows(count))).rejects.toThrow(
      /the golden predictions do not match their inputs.*BAD_FILE/,
    )
})

test('a scaling of the target that changed is noticed, however far it shifts', async () => {
  const model = dense(1)
  const { params } = model.init({ inputShape: [1] })
  const target = minMaxScaler().fit([[1e9], [1e9 + 2]])
  const bytes = await encodeModel({ model, params, target, examples: [[1], [2]] })
  const at = Buffer.from(bytes).indexOf('1000000002')
  expect(at).toBeGreaterThan(0)
  const other = bytes.slice()
  other.set(Buffer.from('8'), at + 9)
  await expect(decodeModel(signed(other))).rejects.toThrow(/does not predict what it did/)
})

/** Runs what reads a file: it may only succeed or throw a NeuriteError. */
async function survives(read: () => unknown): Promise<void> {
  try {
    const result = (await read()) as { dispose?: () => void }
    result.dispose?.()
  } catch (error) {
    if (!NeuriteError.isInstance(error)) throw error
  }
}

describe('fuzz', () => {
  test('flipped bytes and cut files give an error with a code, or a result', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999999, noNaN: true }), fc.nat(255)), { maxLength: 4 }),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant(1) },
          { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
        ),
        async (flips, keep) => {
          const bytes = valid.slice(0, Math.floor(valid.length * keep))
          for (const [place, value] of flips) if (bytes.length > 0) bytes[Math.floor(place * bytes.length)] = value
          await survives(() => decodeModel(bytes))
          await survives(() => fromSafetensors(bytes))
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('fields of the metadata replaced by any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('model', 'input', 'params', 'state', 'preprocessing', 'target', 'golden'),
        fc.jsonValue({ maxDepth: 4 }),
        async (field, value) => survives(() => decodeModel(changed({ [field]: JSON.stringify(value) }))),
      ),
      { numRuns: 300 },
    )
  })

  test('any part of the metadata replaced by any JSON', async () => {
    // Walks to a random place inside a field and replaces what stands there.
    const replaceAt = (node: unknown, path: readonly number[], value: unknown): unknown => {
      const [first, ...rest] = path
      if (first === undefined || typeof node !== 'object' || node === null) return value
      const names = Object.keys(node)
      if (names.length === 0) return value
      const name = names[first % names.length]!
      const copy = (Array.isArray(node) ? [...node] : { ...node }) as Record<string, unknown>
      copy[name] = replaceAt(copy[name], rest, value)
      return copy
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('model', 'input', 'params', 'state', 'preprocessing', 'target', 'golden'),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
        fc.oneof(
          fc.jsonValue({ maxDepth: 1 }),
          fc.constantFrom(-1, 0, 1, 2, 3, 1e9, 2 ** 31, 1e308, 'relu', 'same', [], {}),
        ),
        async (field, path, value) => {
          const text = JSON.stringify(replaceAt(JSON.parse(metadata[field]!), path, value))
          await survives(() => decodeModel(changed({ [field]: text }), { maxBytes: 2 ** 24 }))
        },
      ),
      { numRuns: 600 },
    )
  })
})
