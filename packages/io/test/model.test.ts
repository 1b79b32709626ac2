import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cpu } from '@neurite/backend-cpu'
import {
  mapTree,
  setDefaultBackend,
  tensor,
  valueAndGrad,
  mean,
  square,
  sub,
  mul,
  type ArrayData,
  type Tensor,
} from '@neurite/core'
import {
  columnTransformer,
  imputer,
  labelEncoder,
  minMaxScaler,
  oneHotEncoder,
  pipeline,
  standardScaler,
  Table,
} from '@neurite/data'
import {
  activation,
  addNodes,
  batchNorm,
  call,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  graph,
  input,
  layer,
  maxPool2d,
  sequential,
  type Model,
} from '@neurite/nn'
import { ones } from '@neurite/nn/initializers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeModel, encodeModel, loadModel, saveModel } from '../src/index.js'

setDefaultBackend(cpu())

const people = Table.fromRows([
  { age: 20, city: 'Seoul', income: 30, owner: 'no' },
  { age: null, city: 'Busan', income: 45, owner: 'yes' },
  { age: 60, city: 'Seoul', income: 80, owner: 'yes' },
  { age: 41, city: 'Jeju', income: 52, owner: 'no' },
]).withTarget('owner')

const prepare = () =>
  columnTransformer([
    { columns: ['income', 'age'], use: pipeline([imputer({ strategy: 'mean' }), standardScaler()]) },
    { columns: 'city', use: oneHotEncoder({ unknown: 'ignore' }) },
  ]).fit(people)

function classifier() {
  const preprocessing = prepare()
  const model = sequential([dense(6, { activation: 'tanh' }), batchNorm(), dropout(0.2), dense(2)])
  const { params, state } = model.init({ inputShape: [5], seed: 3 })
  const target = labelEncoder().fit(people.column('owner'))
  return { model, params, state, preprocessing, target, examples: people }
}

/** The layer in the middle of a graph. */
const graphOf = (last: Model): Model => {
  const x = input([2])
  return graph({ inputs: x, outputs: call(last, call(dense(4, { activation: 'tanh' }), x)) })
}

const rows = people.numRows
const plain = (a: ArrayData) => ({ shape: a.shape, data: Array.from(a.data) })

describe('a saved model', () => {
  test('takes raw rows in any order of columns and says labels, as the parts do by hand', async () => {
    const parts = classifier()
    const loaded = await decodeModel(await encodeModel(parts))
    const y = parts.model.apply(parts.params, tensor(parts.preprocessing.transform(people), { dtype: 'float32' }), {
      state: parts.state,
    })
    const expected = await y.data()
    expect(plain(await loaded.outputs(people))).toEqual({ shape: [rows, 2], data: Array.from(expected) })
    const labels = Array.from({ length: rows }, (_, i) => (expected[2 * i + 1]! > expected[2 * i]! ? 'yes' : 'no'))
    expect(new Set(labels).size).toBe(2)
    expect(await loaded.predict(people)).toEqual(labels)
    const byName = Array.from({ length: rows }, (_, i) => {
      const { age, city, income } = people.row(i)
      return { more: 'ignored', income, city, age }
    })
    expect(await loaded.predict(byName)).toEqual(labels)
    for (let i = 0; i < rows; i++) expect(await loaded.predict(byName[i]!)).toBe(labels[i])
    expect(loaded.labels).toEqual(['no', 'yes'])
    expect(loaded.input).toEqual({
      kind: 'table',
      columns: [
        { name: 'age', type: 'number' },
        { name: 'city', type: 'text' },
        { name: 'income', type: 'number' },
      ],
    })
  })

  test('is saved again to the same bytes', async () => {
    const parts = classifier()
    const bytes = await encodeModel(parts)
    const { model, params, state, preprocessing } = await decodeModel(bytes)
    const { target, examples } = parts
    expect(
      await encodeModel({
        model,
        params,
        ...(state && { state }),
        ...(preprocessing && { preprocessing }),
        target,
        examples,
      }),
    ).toEqual(bytes)
  })

  test('goes on training on another backend', async () => {
    const parts = classifier()
    const other = cpu()
    const loaded = await decodeModel(await encodeModel(parts), { backend: other })
    expect(await loaded.predict(people)).toHaveLength(rows)
    const x = tensor(prepare().transform(people), { dtype: 'float32', backend: other })
    const options = loaded.state === undefined ? {} : { state: loaded.state }
    const loss = (p: typeof loaded.params) => mean(square(sub(loaded.model.apply(p, x, options), 1)))
    const [before, grads] = valueAndGrad(loss)(loaded.params)
    const next = mapTree((p: Tensor, g: Tensor) => sub(p, mul(g, 0.05)), loaded.params, grads)
    expect(before.backend).toBe(other)
    expect(await loss(next).item()).toBeLessThan(await before.item())
  })

  test('of values gives them in the unit of the target, one number or as many as there are', async () => {
    const y = [
      [1000, 1],
      [3000, 5],
      [2000, 2],
    ]
    const target = pipeline([standardScaler(), minMaxScaler()]).fit(y)
    const model = sequential([dense(2)])
    const { params } = model.init({ inputShape: [3], seed: 1 })
    const x = [
      [1, 2, 3],
      [0, 1, 0],
      [4, 0, 1],
    ]
    const loaded = await decodeModel(await encodeModel({ model, params, target, examples: x }))
    const output = await model.apply(params, tensor(x)).data()
    const expected = target.inverseTransform({ shape: [3, 2], data: output }).toArray()
    expect(await loaded.predict(x)).toEqual(expected)
    expect(await loaded.predict(x[1]!)).toEqual(expected[1])

    const one = sequential([dense(1)])
    const single = await decodeModel(
      await encodeModel({
        model: one,
        params: one.init({ inputShape: [3] }).params,
        examples: x,
        target: minMaxScaler().fit([[5], [9]]),
      }),
    )
    expect(typeof (await single.predict([1, 2, 3]))).toBe('number')
  })

  test('with one output and two labels needs a threshold', async () => {
    const model = sequential([dense(1, { activation: 'sigmoid', weightInitializer: ones })])
    const { params } = model.init({ inputShape: [1] })
    const parts = { model, params, labels: ['cat', 'dog'], examples: [[0]] }
    await expect(encodeModel(parts)).rejects.toThrow(/need a threshold: 0.5 for probabilities/)
    const loaded = await decodeModel(await encodeModel({ ...parts, threshold: 0.5 }))
    expect(await loaded.predict([[-1], [1]])).toEqual(['cat', 'dog'])
    await expect(encodeModel({ ...parts, labels: ['a', 'b', 'c'] })).rejects.toThrow(/3 labels do not fit/)
    await expect(encodeModel({ ...parts, threshold: 0.5, labels: ['a', 'b', 'c'] })).rejects.toThrow(
      /threshold is for two/,
    )
  })

  describe('predictProbabilities', () => {
    const x = [
      [1, -2],
      [0.5, 3],
      [-4, 0],
    ]
    const save = async (model: Model, more: Partial<Parameters<typeof encodeModel>[0]> = {}) => {
      const { params } = model.init({ inputShape: [2], seed: 5 })
      const loaded = await decodeModel(
        await encodeModel({ model, params, labels: ['a', 'b', 'c'], examples: x, ...more }),
      )
      const raw = await loaded.outputs(x)
      const width = raw.data.length / x.length
      return { loaded, outputs: x.map((_, i) => Array.from(raw.data.subarray(i * width, (i + 1) * width))) }
    }
    const softmax = (row: number[]) => {
      const parts = row.map(Math.exp)
      return parts.map((part) => part / parts.reduce((a, b) => a + b))
    }
    const close = (found: readonly (readonly number[])[], expected: readonly (readonly number[])[]) => {
      expect(found.map((row) => row.map((p) => Math.round(p * 1e6)))).toEqual(
        expected.map((row) => row.map((p) => Math.round(p * 1e6))),
      )
    }

    test.each<[string, Model, boolean]>([
      ['softmax', sequential([dense(3, { activation: 'softmax' })]), false],
      [
        'softmax, then what keeps it',
        sequential([dense(3, { activation: 'softmax' }), dropout(0.5), flatten()]),
        false,
      ],
      ['softmax as a layer', sequential([dense(3), activation('softmax')]), false],
      ['a sigmoid for each label', dense(3, { activation: 'sigmoid' }), false],
      ['logits', sequential([dense(4, { activation: 'relu' }), dense(3)]), true],
      ['logits in a chain in a chain', sequential([sequential([dense(3, { activation: 'linear' })])]), true],
      ['a graph that ends with softmax', graphOf(dense(3, { activation: 'softmax' })), false],
      ['a graph of logits', graphOf(dense(3)), true],
    ])('%s', async (_, model, logits) => {
      const { loaded, outputs } = await save(model)
      const found = await loaded.predictProbabilities(x)
      close(found, logits ? outputs.map(softmax) : outputs)
      expect(await loaded.predictProbabilities(x[1]!)).toEqual(found[1])
      expect(await loaded.predictProbabilities([])).toEqual([])
    })

    test('of two labels and one output', async () => {
      const labels = ['no', 'yes']
      const sigmoid = await save(dense(1, { activation: 'sigmoid' }), { labels, threshold: 0.5 })
      close(
        await sigmoid.loaded.predictProbabilities(x),
        sigmoid.outputs.map(([p]) => [1 - p!, p!]),
      )
      const logit = await save(dense(1), { labels, threshold: 0 })
      const expected = logit.outputs.map(([z]) => 1 / (1 + Math.exp(-z!)))
      close(
        await logit.loaded.predictProbabilities(x),
        expected.map((p) => [1 - p, p]),
      )
      // The label that predict says is the more probable one.
      const said = await logit.loaded.predict(x)
      expect(said).toEqual(expected.map((p) => (p > 0.5 ? 'yes' : 'no')))
    })

    test('of logits that exp cannot hold', async () => {
      const model = dense(3, { weightInitializer: ones, useBias: false })
      const loaded = await decodeModel(
        await encodeModel({
          model,
          params: { weight: tensor([[1e5, 0, -1e5]]) },
          labels: [0, 1, 2],
          examples: [[1]],
        }),
      )
      expect(await loaded.predictProbabilities([1])).toEqual([1, 0, 0])
    })

    test('where nothing says what outputs are, the file has to', async () => {
      const own = () => layer({ name: 'own', config: { kind: 'own' }, apply: (_, y) => y })
      const model = sequential([dense(3), own()])
      const { params } = model.init({ inputShape: [2], seed: 5 })
      const parts = { model, params, labels: ['a', 'b', 'c'], examples: x }
      const options = { builders: { own } }
      const unknown = await decodeModel(await encodeModel(parts), options)
      await expect(unknown.predictProbabilities(x)).rejects.toThrow(
        /does not say.*outputs: 'probabilities' or 'logits'/,
      )
      const known = await decodeModel(await encodeModel({ ...parts, outputs: 'logits' }), options)
      const plain = await save(sequential([dense(3)]))
      close(await known.predictProbabilities(x), await plain.loaded.predictProbabilities(x))
      const tanh = await save(dense(3, { activation: 'tanh' }))
      await expect(tanh.loaded.predictProbabilities(x)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(encodeModel({ ...parts, outputs: 'scores' as never })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      })
      const values = { model, params, examples: x, outputs: 'logits' as const }
      await expect(encodeModel(values)).rejects.toThrow(/there are no labels/)
    })

    test('a model of values has none', async () => {
      const model = dense(1)
      const { params } = model.init({ inputShape: [2] })
      const loaded = await decodeModel(await encodeModel({ model, params, examples: x }))
      await expect(loaded.predictProbabilities(x)).rejects.toThrow(/no labels; use outputs.*INVALID_ARGUMENT/)
    })
  })

  test('with outputs of two axes gives a matrix for each row, however small', async () => {
    for (const [steps, units] of [
      [3, 2],
      [1, 2],
      [3, 1],
      [1, 1],
    ] as const) {
      const model = sequential([dense(4, { activation: 'tanh' }), dense(units)])
      const { params } = model.init({ inputShape: [steps, 2], seed: 6 })
      const data = Float32Array.from({ length: 2 * steps * 2 }, (_, i) => Math.sin(i))
      const rows: ArrayData = { shape: [2, steps, 2], data }
      const loaded = await decodeModel(await encodeModel({ model, params, examples: rows }))
      const expected = await model.apply(params, tensor(rows)).toArray()
      expect(await loaded.predict(rows)).toEqual(expected)
      const row: ArrayData = { shape: [steps, 2], data: data.slice(0, steps * 2) }
      expect(await loaded.predict(row as never)).toEqual((expected as unknown[])[0])
      expect(plain(await loaded.outputs(rows)).shape).toEqual([2, steps, units])
      const parts = { model, params, examples: rows, labels: Array.from({ length: units }, (_, i) => `${i}`) }
      await expect(encodeModel(parts)).rejects.toThrow(/labels do not fit the output shape/)
      const target = standardScaler().fit([Array<number>(steps * units).fill(1)])
      await expect(encodeModel({ model, params, examples: rows, target })).rejects.toThrow(/one row an example/)
    }
  })

  test('of images takes host data of an image or of many', async () => {
    const model = sequential([
      conv2d(2, { kernelSize: 3, activation: 'relu' }),
      maxPool2d({ window: 2 }),
      flatten(),
      dense(3),
    ])
    const { params } = model.init({ inputShape: [6, 6, 1], seed: 2 })
    const data = Float32Array.from({ length: 72 }, (_, i) => Math.sin(i))
    const loaded = await decodeModel(
      await encodeModel({ model, params, labels: [0, 1, 2], examples: { shape: [2, 6, 6, 1], data } }),
    )
    const both = await loaded.predict({ shape: [2, 6, 6, 1], data })
    expect(both).toHaveLength(2)
    const image = { shape: [6, 6, 1], data: data.slice(36) }
    expect(await loaded.predict(image as ArrayData)).toBe(both[1])
    await expect(loaded.predict({ shape: [2, 6, 5, 1], data: data.slice(0, 60) })).rejects.toThrow(
      /shape \[rows, 6, 6, 1\], got \[2, 6, 5, 1\]/,
    )
  })

  test('in float64 is exact to 1e-9, and refused by a backend without float64', async () => {
    const model = dense(1)
    const { params } = model.init({ inputShape: [2], dtype: 'float64', seed: 4 })
    const bytes = await encodeModel({ model, params, examples: [[1 / 3, 2]] })
    const loaded = await decodeModel(bytes)
    expect(await loaded.predict([1 / 3, 2])).toBe(
      await model.apply(params, tensor([[1 / 3, 2]], { dtype: 'float64' })).item(),
    )
    const base = cpu()
    const small = { ...base, capabilities: { ...base.capabilities, dtypes: ['float32', 'int32', 'bool'] as const } }
    await expect(decodeModel(bytes, { backend: small })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
    expect(base.memory().buffers).toBe(0)
  })

  test('with layers of its own needs their builders', async () => {
    const scale = () =>
      layer({
        name: 'scale',
        config: { kind: 'scale' },
        parameters: (shape) => ({ factor: { shape, initializer: ones } }),
        apply: ({ factor }, x) => mul(x, factor),
      })
    const model = sequential([scale()])
    const bytes = await encodeModel({ model, params: model.init({ inputShape: [2] }).params, examples: [[1, 2]] })
    await expect(decodeModel(bytes)).rejects.toThrow(/unknown kind "scale".*builders.*\[BAD_FILE\]/)
    const loaded = await decodeModel(bytes, { builders: { scale: (): Model => scale() } })
    expect(await loaded.predict([3, 4])).toEqual([3, 4])
  })
})

describe('predict says what is wrong with a row', () => {
  test.each([
    [
      { age: 1, city: 'Seoul' },
      'INVALID_ARGUMENT',
      /row 0 has no column 'income'; expected an object with age, city, income/,
    ],
    [{ age: '20', city: 'Seoul', income: 1 }, 'INVALID_ARGUMENT', /'age' holds numbers, row 0 has '20'/],
    [{ age: 1, city: 7, income: 1 }, 'INVALID_ARGUMENT', /'city' holds text, row 0 has 7/],
    [{ age: 1, city: 'Seoul', income: Infinity }, 'NON_FINITE', /infinit/i],
    [{ age: 1, city: 'Seoul', income: 1e300 }, 'NON_FINITE', /more than float32 can hold; put a scaler/],
  ])('%j', async (row, code, message) => {
    const loaded = await decodeModel(await encodeModel(classifier()))
    await expect(loaded.predict(row)).rejects.toMatchObject({ code })
    await expect(loaded.predict(row)).rejects.toThrow(message)
  })

  test('a missing value that nothing fills, by its name', async () => {
    const model = dense(1)
    const { params } = model.init({ inputShape: [2] })
    const preprocessing = standardScaler().fit(people.select(['age', 'income']).features)
    const loaded = await decodeModel(
      await encodeModel({ model, params, preprocessing, examples: people.select(['age', 'income']).rows([0, 2]) }),
    )
    await expect(loaded.predict({ age: null, income: 3 })).rejects.toThrow(/row 0 has NaN in 'age'.*imputer/)
  })

  test('arrays where names are needed, names where there are none', async () => {
    const named = await decodeModel(await encodeModel(classifier()))
    await expect(named.predict([[1, 2, 3]])).rejects.toThrow(/row 0 has no column 'age'.*got \[1, 2, 3\]/)
    await expect(named.predict({ shape: [1, 3], data: new Float32Array(3) } as ArrayData)).rejects.toThrow(
      /array without names/,
    )
    const model = dense(1)
    const bare = await decodeModel(
      await encodeModel({ model, params: model.init({ inputShape: [2] }).params, examples: [[1, 2]] }),
    )
    await expect(bare.predict({ a: 1, b: 2 })).rejects.toThrow(/takes arrays of shape \[rows, 2\]/)
    await expect(bare.predict([1])).rejects.toThrow(/expected rows of shape \[rows, 2\], got \[1\]/)
  })

  test('no rows give no predictions', async () => {
    const loaded = await decodeModel(await encodeModel(classifier()))
    expect(await loaded.predict([])).toEqual([])
    expect(await loaded.predict(people.rows([]))).toEqual([])
    const model = dense(1)
    const { params } = model.init({ inputShape: [2] })
    expect(await (await decodeModel(await encodeModel({ model, params, examples: [[1, 2]] }))).predict([])).toEqual([])
  })
})

describe('what else predict may be given', () => {
  test.each([undefined, null, 7, 'text', { shape: null, data: 1 }])('%j is an error with a code', async (rows) => {
    const model = dense(1)
    const { params } = model.init({ inputShape: [2] })
    const bare = await decodeModel(await encodeModel({ model, params, examples: [[1, 2]] }))
    const named = await decodeModel(await encodeModel(classifier()))
    for (const loaded of [bare, named]) {
      // A number is an array without axes.
      const code = rows === 7 && loaded === bare ? 'SHAPE_MISMATCH' : 'INVALID_ARGUMENT'
      await expect(loaded.predict(rows as never)).rejects.toMatchObject({ code })
    }
  })

  test('a matrix with names is taken by its names, a column of labels by an encoder', async () => {
    const numbers = people.select(['age', 'income'])
    const model = dense(1, { weightInitializer: ones })
    const { params } = model.init({ inputShape: [2] })
    const loaded = await decodeModel(await encodeModel({ model, params, examples: numbers.rows([0, 2]).features }))
    expect(loaded.input.kind).toBe('table')
    expect(await loaded.predict({ income: 1, age: 2 })).toBe(3)
    expect(await loaded.predict(numbers.rows([2]).features)).toEqual([140])

    const preprocessing = oneHotEncoder().fit(people.column('city'))
    const encoded = dense(1, { weightInitializer: ones })
    const parts = { model: encoded, params: encoded.init({ inputShape: [3] }).params, preprocessing }
    const city = await decodeModel(await encodeModel({ ...parts, examples: people.select(['city']) }))
    expect(await city.predict({ city: 'Jeju' })).toBe(1)
    await expect(city.predict({ city: 'Atlantis' })).rejects.toMatchObject({ code: 'UNKNOWN_CATEGORY' })
    await expect(encodeModel({ ...parts, examples: people })).rejects.toThrow(
      /expected shape \[rows, 1\], as in fit, got \[4, 3\]/,
    )
  })
})

test('numbers that the dtype of the params cannot hold are refused, in no other one', async () => {
  const model = dense(1)
  for (const dtype of ['float32', 'float64'] as const) {
    const { params } = model.init({ inputShape: [2], dtype })
    const loaded = await decodeModel(await encodeModel({ model, params, examples: [[1, 2]] }))
    if (dtype === 'float64') expect(await loaded.predict([1e39, 1])).toBeTypeOf('number')
    else await expect(loaded.predict([1e39, 1])).rejects.toThrow(/row 0 has 1e\+39 in feature 0: more than float32/)
  }
})

describe('a config that would not come back is refused when it is saved, not when it is loaded', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['NaN, which JSON makes null', { rate: NaN }, /layers\[0\]\.rate is NaN/],
    ['Infinity in a list', { at: [1, -Infinity] }, /layers\[0\]\.at\[1\] is -Infinity/],
    ['a Map, which JSON makes {}', { table: new Map([[1, 2]]) }, /table is an instance of a class/],
    ['a Date, which JSON makes text', { day: new Date(0) }, /day is an instance of a class/],
    ['a bigint', { big: 1n }, /big is a bigint/],
    ['undefined in a list', { list: [undefined] }, /list\[0\] is undefined/],
    ['a name that objects inherit', { constructor: 1 }, /a member named constructor/],
    ['itself', cyclic, /nested more than 100 deep/],
  ])('%s', async (_, options, message) => {
    const own = layer({ name: 'own', config: { kind: 'own', ...options }, apply: (_, x) => x })
    const model = sequential([own, dense(1)])
    const { params } = model.init({ inputShape: [2] })
    const saved = encodeModel({ model, params, examples: [[1, 2]] })
    await expect(saved).rejects.toThrow(message)
    await expect(saved).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  })

  test('what is saved comes back: options that are absent, and null', async () => {
    const config = { kind: 'own', absent: undefined, nothing: null, list: [0, 'a', true, {}] } as never
    const own = layer({ name: 'own', config, apply: (_, x) => x })
    const model = sequential([own, dense(1)])
    const { params } = model.init({ inputShape: [2] })
    const given: unknown[] = []
    const builders = { own: (config: unknown) => (given.push(config), own) }
    await decodeModel(await encodeModel({ model, params, examples: [[1, 2]] }), { builders })
    expect(given).toEqual([config])
  })
})

describe('saveModel refuses', () => {
  const model = sequential([dense(2)])
  const { params } = model.init({ inputShape: [2] })
  const examples = [[1, 2]]

  test.each([
    ['an option it does not know', Object.assign({ model, params, examples }, { label: ['a'] }), 'UNKNOWN_OPTION'],
    ['no examples', { model, params, examples: [] }, 'INVALID_ARGUMENT'],
    ['params of another model', { model, params: [{ weight: tensor([1]) }], examples }, 'NOT_INITIALIZED'],
    ['no tensors', { model, params: [{}], examples }, 'INVALID_ARGUMENT'],
    [
      'a function as an activation',
      { model: dense(2, { activation: (x) => x }), params: params[0], examples },
      'NOT_SUPPORTED',
    ],
    [
      'preprocessing that is not fitted',
      { model, params, examples, preprocessing: standardScaler() as never },
      'NOT_FITTED',
    ],
    [
      'target and labels',
      { model, params, examples, target: labelEncoder().fit([0, 1]), labels: [0, 1] },
      'INVALID_ARGUMENT',
    ],
    [
      'a NaN that no example meets',
      {
        model: embedding(2, 1),
        params: { weight: tensor([[1], [NaN]]) },
        examples: { shape: [1, 1], data: new Int32Array(1) },
      },
      'NON_FINITE',
    ],
    [
      'a model of NaN',
      {
        model,
        params: [
          {
            ...params[0],
            weight: tensor([
              [NaN, 1],
              [1, 1],
            ]),
          },
        ],
        examples,
      },
      'NON_FINITE',
    ],
  ] satisfies [string, Parameters<typeof encodeModel>[0], string][])('%s', async (_, parts, code) => {
    await expect(encodeModel(parts)).rejects.toMatchObject({ code })
  })
})

describe('files', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'neurite-io-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const model = dense(1, { weightInitializer: ones })
  const { params } = model.init({ inputShape: [2] })
  const parts = { model, params, examples: [[1, 2]] }

  test('paths and file: addresses; an old file is replaced, nothing else is left', async () => {
    const path = join(folder, 'model.safetensors')
    await writeFile(path, 'old')
    await saveModel(path, parts)
    expect(await (await loadModel(path)).predict([3, 4])).toBe(7)
    expect(await (await loadModel(pathToFileURL(path))).predict([3, 4])).toBe(7)
    await saveModel(pathToFileURL(join(folder, 'second.safetensors')), parts)
    expect((await readdir(folder)).sort()).toEqual(['model.safetensors', 'second.safetensors'])
    await expect(loadModel(path, { maxBytes: 10 })).rejects.toMatchObject({ code: 'BAD_FILE' })
  })

  test('a failed save leaves the old file', async () => {
    const path = join(folder, 'kept.safetensors')
    await writeFile(path, 'old')
    await expect(saveModel(path, { ...parts, examples: [] })).rejects.toThrow()
    expect(await readFile(path, 'utf8')).toBe('old')
    await expect(saveModel(join(folder, 'no', 'such', 'folder'), parts)).rejects.toMatchObject({ code: 'BAD_FILE' })
    await rm(path)
  })

  test('blobs, array buffers, addresses and handles', async () => {
    const bytes = await encodeModel(parts)
    expect(await (await loadModel(new Blob([bytes]))).predict([3, 4])).toBe(7)
    expect(await (await loadModel(bytes.buffer)).predict([3, 4])).toBe(7)
    const address = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`
    expect(await (await loadModel(address)).predict([3, 4])).toBe(7)
    await expect(loadModel(address, { maxBytes: 100 })).rejects.toMatchObject({ code: 'BAD_FILE' })
    await expect(loadModel(new Blob([bytes]), { maxBytes: 100 })).rejects.toMatchObject({ code: 'BAD_FILE' })
    await expect(loadModel(join(folder, 'none'))).rejects.toThrow(/cannot read .*none/)

    const written: unknown[] = []
    await saveModel(
      {
        createWritable: () =>
          Promise.resolve({ write: async (b) => void written.push(b), close: async () => void written.push('closed') }),
      },
      parts,
    )
    expect(written).toEqual([bytes, 'closed'])
    expect(await (await loadModel({ getFile: async () => new Blob([bytes]) })).predict([3, 4])).toBe(7)
  })
})

test('one handle, as showSaveFilePicker gives, is saved to and loaded from', async () => {
  let kept = new Blob([])
  const handle = {
    getFile: async () => kept,
    createWritable: async () => ({
      write: async (bytes: Uint8Array<ArrayBuffer>) => void (kept = new Blob([bytes])),
      close: async () => undefined,
    }),
  }
  const model = dense(1, { weightInitializer: ones })
  const { params } = model.init({ inputShape: [2] })
  await expect(loadModel(handle)).rejects.toThrow(/got an empty file.*BAD_FILE/)
  await saveModel(handle, { model, params, examples: [[1, 2]] })
  expect(await (await loadModel(handle)).predict([3, 4])).toBe(7)
})

test('a graph of several inputs is refused when it is saved, not when it is loaded', async () => {
  const [a, b] = [input([2]), input([3])]
  const model = graph({ inputs: [a, b], outputs: [addNodes([call(dense(3), a), b])] })
  const { params } = model.init({ seed: 0 })
  const parts = { model: model as never, params, examples: [[1, 2]] }
  await expect(encodeModel(parts)).rejects.toThrow(/several inputs or outputs.*toSafetensors.*\[NOT_SUPPORTED\]/)
})
