import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { cpu } from '@neurite/backend-cpu'
import {
  add,
  fold,
  key,
  mapTree,
  randomNormal,
  setDefaultBackend,
  sum,
  tensor,
  type Tensor,
  type Tree,
} from '@neurite/core'
import {
  columnTransformer,
  imputer,
  labelEncoder,
  maxAbsScaler,
  minMaxScaler,
  normalizer,
  oneHotEncoder,
  ordinalEncoder,
  outlierClipper,
  pipeline,
  polynomialFeatures,
  robustScaler,
  standardScaler,
  Table,
  type AnyFitted,
} from '@neurite/data'
import { batchNorm, dense, embedding, graph, input, call, layer, sequential, type ActivationName } from '@neurite/nn'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toJavaScript, type JavaScriptOptions } from '../../src/javascript/index.js'
import { both, difference, imported, sizeBesideWeights } from './support.js'

setDefaultBackend(cpu())

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'neurite-module-'))))
afterAll(async () => rm(folder, { recursive: true }))

/** Every bias counts. */
function scramble(tree: Tree, seed = 7): Tree {
  let i = 0
  return mapTree((leaf: Tensor) => randomNormal(fold(key(seed), i++), leaf.shape, { standardDeviation: 0.7 }), tree)
}

function network(width: number, outputs: number, activation: ActivationName = 'identity', seed = 7) {
  const model = sequential([dense(4, { activation: 'tanh' }), dense(outputs, { activation })])
  return { model, params: scramble(model.init({ inputShape: [width] }).params, seed) }
}

const numbers = Array.from({ length: 12 }, (_, i) => [Math.sin(i) * 3, Math.cos(2 * i), i % 5])
const people = Table.fromRows([
  { age: 20, city: 'Seoul', income: 30, owner: 'no' },
  { age: null, city: 'Busan', income: 45, owner: 'yes' },
  { age: 60, city: 'Seoul', income: 80, owner: 'yes' },
  { age: 41, city: null, income: 52, owner: 'no' },
]).withTarget('owner')

describe('preprocessing of numbers', () => {
  const gaps = [...numbers, [NaN, 1, 2], [1, NaN, NaN]]
  const cases: Readonly<Record<string, readonly [AnyFitted, readonly (readonly number[])[]]>> = {
    standardScaler: [standardScaler().fit(numbers), numbers],
    'standardScaler without a mean': [standardScaler({ withMean: false }).fit(numbers), numbers],
    minMaxScaler: [minMaxScaler({ range: [-2, 3] }).fit(numbers.slice(0, 6)), numbers],
    'minMaxScaler, clipping': [minMaxScaler({ range: [-1, 1], clip: true }).fit(numbers.slice(0, 4)), numbers],
    robustScaler: [robustScaler().fit(numbers), numbers],
    maxAbsScaler: [maxAbsScaler().fit(numbers), numbers],
    outlierClipper: [outlierClipper({ factor: 0.2 }).fit(numbers), numbers],
    'normalizer l1': [normalizer({ norm: 'l1' }).fit(numbers), [...numbers, [0, 0, 0]]],
    'normalizer l2': [normalizer().fit(numbers), [...numbers, [0, 0, 0]]],
    'normalizer max': [normalizer({ norm: 'max' }).fit(numbers), numbers],
    polynomialFeatures: [polynomialFeatures({ degree: 3 }).fit(numbers), numbers],
    imputer: [imputer({ strategy: 'median' }).fit(gaps), gaps],
    oneHotEncoder: [oneHotEncoder({ unknown: 'ignore' }).fit(numbers.slice(0, 7)), numbers],
    ordinalEncoder: [ordinalEncoder().fit(numbers), numbers],
    pipeline: [
      pipeline([imputer(), outlierClipper(), polynomialFeatures({ includeBias: false }), standardScaler()]).fit(gaps),
      gaps,
    ],
    'a column that had no values': [
      pipeline([standardScaler(), imputer({ strategy: 'constant', value: 0.5 })]).fit(
        numbers.map(([a, b]) => [a!, b!, NaN]),
      ),
      numbers,
    ],
    'ordinalEncoder and what fills it': [
      pipeline([ordinalEncoder({ unknown: 'ignore' }), imputer()]).fit(numbers.slice(0, 6)),
      numbers,
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [preprocessing, rows]) => {
    const width = (preprocessing.transform as (x: unknown) => { shape: readonly number[] })(rows).shape[1]!
    const { module, saved } = await both({ ...network(width, 2), preprocessing, examples: numbers.slice(0, 3) })
    const expected = await saved.predict(rows)
    expect(difference(module.predict(rows), expected)).toBeLessThan(1e-6)
    expect(module.predict(rows[2])).toEqual((module.predict(rows) as unknown[])[2])
  })
})

describe('tables', () => {
  const prepare = columnTransformer(
    [
      { columns: ['income', 'age'], use: pipeline([imputer(), standardScaler()]) },
      { columns: 'city', use: pipeline([imputer({ strategy: 'mostFrequent' }), oneHotEncoder({ unknown: 'ignore' })]) },
    ],
    { rest: 'keep' },
  ).fit(people)
  const rows = [
    { city: 'Seoul', age: 33, income: 10 },
    { income: 99, city: null, age: null, more: true },
    { age: true, income: 20, city: 'Jeju' },
    { age: undefined, income: 20, city: 'Busan' },
  ]

  test('rows are objects, whose cells are found by name', async () => {
    const { module, saved } = await both({ ...network(4, 2), preprocessing: prepare, examples: people })
    expect(difference(module.predict(rows), await saved.predict(rows))).toBeLessThan(1e-6)
    expect(module.predict(rows[1])).toEqual((module.predict(rows) as unknown[])[1])
    expect(module.predict([])).toEqual([])
  })

  test('numbers by name, without preprocessing', async () => {
    const examples = people.select(['income', 'age']).rows([0, 2])
    const { module, saved } = await both({ ...network(2, 1), examples })
    const row = { age: 20, income: 30 }
    expect(difference(module.predict(row), await saved.predict(row))).toBeLessThan(1e-6)
    expect(() => module.predict({ age: null, income: 1 })).toThrow(/row 0 has NaN at 1; expected a finite number/)
  })

  test('what is no row is a TypeError that says so', async () => {
    const { module } = await both({ ...network(4, 2), preprocessing: prepare, examples: people })
    const fails = (row: unknown, message: RegExp): void => {
      expect(() => module.predict(row)).toThrow(TypeError)
      expect(() => module.predict(row)).toThrow(message)
    }
    fails({ age: 1, income: 2 }, /row 0, column "city" is missing; give null/)
    fails(Object.create({ age: 1, income: 2, city: 'Seoul' }), /column "age" is missing/)
    fails([rows[0], { ...rows[0], city: 3 }], /row 1, column "city" must be text/)
    fails({ ...rows[0], age: '20' }, /row 0, column "age" must be a finite number/)
    fails({ ...rows[0], age: -Infinity }, /row 0, column "age" must be a finite number/)
    for (const none of [null, undefined, 3, 'Seoul'])
      fails(none, /row 0 must be an object with the columns age, city, income/)
  })

  test('a category that was never seen', async () => {
    const cities = people.select(['city'])
    const preprocessing = oneHotEncoder().fit(cities)
    const { module, saved } = await both({ ...network(3, 1), preprocessing, examples: cities })
    const known = [{ city: 'Seoul' }, { city: null }]
    expect(difference(module.predict(known), await saved.predict(known))).toBeLessThan(1e-6)
    expect(() => module.predict([{ city: 'Seoul' }, { city: 'Jeju' }])).toThrow(/row 1 has an unknown category: "Jeju"/)
  })

  test('one category by its number, for an embedding', async () => {
    const cities = people.select(['city'])
    const model = sequential([embedding(3, 2), dense(1)])
    const params = scramble(model.init({ inputShape: [] }).params)
    const { module, saved } = await both({
      model,
      params,
      preprocessing: labelEncoder().fit(['', 'Busan', 'Seoul']),
      examples: cities,
    })
    const rows = [{ city: 'Seoul' }, { city: 'Busan' }, { city: '' }]
    expect(difference(module.predict(rows), await saved.predict(rows))).toBeLessThan(1e-6)
    expect(() => module.predict({ city: 'Jeju' })).toThrow(/unknown category/)
  })
})

describe('answers', () => {
  const target = numbers.map(([a, b]) => [a! * 1000, b! + 50])
  const examples = numbers.slice(0, 2)

  test('scaled targets go back to their units', async () => {
    for (const scaler of [
      minMaxScaler({ range: [-1, 4] }).fit(target),
      standardScaler().fit(target),
      pipeline([robustScaler(), minMaxScaler({ range: [1, 2] })]).fit(target),
    ]) {
      const { module, saved } = await both({ ...network(3, 2), target: scaler, examples })
      expect(difference(module.predict(numbers), await saved.predict(numbers))).toBeLessThan(1e-6)
    }
    const { module, saved } = await both({
      ...network(3, 1),
      target: standardScaler().fit(target.map(([a]) => [a!])),
      examples,
    })
    expect(difference(module.predict(numbers[3]), await saved.predict(numbers[3]!))).toBeLessThan(1e-6)
  })

  const classifiers: Readonly<Record<string, readonly [ActivationName, number, Partial<JavaScriptOptions>]>> = {
    'a softmax': ['softmax', 3, { labels: ['a', 'b', 'c'] }],
    logits: ['identity', 3, { labels: [7, -1, 0.5] }],
    'a sigmoid and a threshold': ['sigmoid', 1, { labels: ['no', 'yes'], threshold: 0.5 }],
    'a logit and a threshold': ['identity', 1, { labels: ['no', 'yes'], threshold: 0 }],
    'an encoder': ['softmax', 3, { target: labelEncoder().fit(['x', 'y', 'z']) }],
    'another encoder': ['softmax', 3, { target: oneHotEncoder().fit(['x', 'y', 'z']) }],
  }
  test.each(Object.entries(classifiers))(
    'labels of %s, and their probabilities',
    async (_, [activation, outputs, options]) => {
      const { module, saved } = await both({ ...network(3, outputs, activation, 11), ...options, examples })
      expect(module.predict(numbers)).toEqual(await saved.predict(numbers))
      expect(new Set(module.predict(numbers) as unknown[]).size).toBeGreaterThan(1)
      expect(module.labels).toEqual(saved.labels)
      expect(Object.isFrozen(module.labels)).toBe(true)
      const probabilities = module.predictProbabilities!(numbers)
      expect(difference(probabilities, await saved.predictProbabilities(numbers))).toBeLessThan(1e-6)
      expect(module.predictProbabilities!(numbers[1])).toEqual((probabilities as unknown[])[1])
    },
  )

  test('where nobody knows what the outputs are, there are no probabilities', async () => {
    const { module } = await both({ ...network(3, 2, 'tanh'), labels: ['a', 'b'], examples })
    expect(module.predictProbabilities).toBeUndefined()
    const { module: told } = await both({ ...network(3, 2, 'tanh'), labels: ['a', 'b'], outputs: 'logits', examples })
    expect(told.predictProbabilities!(numbers[0])).toHaveLength(2)
  })
})

test('rows of another length, and what is no number, are TypeErrors', async () => {
  const { module } = await both({ ...network(2, 1), examples: [[1, 2]] })
  const fails = (rows: unknown, message: RegExp): void => {
    expect(() => module.predict(rows)).toThrow(TypeError)
    expect(() => module.predict(rows)).toThrow(message)
  }
  fails([1], /row 0 must be 2 numbers, got 1/)
  fails([1, 2, 3], /row 0 must be 2 numbers, got 3/)
  fails(
    [
      [1, 2],
      [1, 2, 3],
    ],
    /row 1 must be 2 numbers, got 3/,
  )
  fails([[1, 2], undefined], /row 1 must be 2 numbers, got undefined/)
  fails([[1, 2], , [1, 2]], /row 1 must be 2 numbers/) // eslint-disable-line no-sparse-arrays -- what a hole does
  fails([1, NaN], /row 0 has NaN at 1; expected a finite number/)
  fails([1, Infinity], /row 0 has Infinity at 1/)
  fails([[1, '2']], /row 0 has string at 1/)
  fails([[1, null]], /row 0 has object at 1/)
  fails([[1, Symbol('2')]], /row 0 has symbol at 1/)
  fails([1e300, 1], /row 0 has 1e\+300 at 0/)
  fails('12', /row 0 has string at 0/)
  for (const none of [null, undefined, {}, 3]) fails(none, /row 0 must be 2 numbers/)
  expect(module.predict([])).toEqual([])
  // Nothing of a row that failed is left.
  expect(module.predict([1, 2])).toEqual(module.predict(Float32Array.of(1, 2)))
})

test('a row may be a single number', async () => {
  const model = sequential([embedding(3, 2), dense(1)])
  const params = scramble(model.init({ inputShape: [] }).params)
  const { module, saved } = await both({ model, params, examples: Int32Array.of(0, 1, 2) })
  expect(difference(module.predict([2, 0, 1]), await saved.predict(Int32Array.of(2, 0, 1)))).toBeLessThan(1e-6)
  expect(module.predict(Uint8Array.of(2, 0))).toEqual([module.predict(2), module.predict(0)])
  for (const odd of [3, -1, 0.5, '1', null])
    expect(() => module.predict(odd)).toThrow(/row 0 has .* at 0; expected an index/)
})

test('images in another shape are TypeErrors', async () => {
  const model = sequential([
    layer({ name: 'first', outputShape: ([, , c]) => [c!], apply: (_, x) => sum(x, { axes: [1, 2] }) }),
    dense(1),
  ])
  const params = scramble(model.init({ inputShape: [2, 3, 1] }).params)
  const image = [
    [[1], [2], [3]],
    [[4], [5], [6]],
  ]
  const { code } = await toJavaScript(model, params, { examples: [image] })
  const { predict } = await imported(code)
  expect(predict([image, Float32Array.of(1, 2, 3, 4, 5, 6)])).toEqual([predict(image), predict(image)])
  for (const odd of [
    [1, 2, 3, 4, 5, 6],
    [
      [[1], [2]],
      [[4], [5]],
    ],
    [
      [[1], [2], [3]],
      [[4], [5]],
    ],
    Float32Array.of(1),
    null,
  ])
    expect(() => predict([odd])).toThrow(/row 0 must be arrays of shape \[2, 3, 1\], or a typed array of 6 numbers/)
})

describe('names of users', () => {
  const HOSTILE = [
    ...['</script><script>alert(1)</script>', '<!--', '-->', '*/ alert(1) /*', '`${alert(1)}`', '"\'\\', '\n\r\0'],
    ...['\u2028\u2029', '\ud800', '__proto__', 'constructor', 'hasOwnProperty', '', ' ', '조선', '🦆'],
  ]

  test.each(HOSTILE)('%j as a label and as a column', async (name) => {
    const table = Table.fromRows(
      [1, 2, 3].map((n) =>
        row([
          [name, n],
          ['city', ['a', name, 'b'][n - 1]!],
        ]),
      ),
    )
    const preprocessing = columnTransformer([
      { columns: name, use: standardScaler() },
      { columns: 'city', use: oneHotEncoder() },
    ]).fit(table)
    const width = preprocessing.transform(table).shape[1]
    const labels = ['plain', name]
    const { module, saved, code, types } = await both({ ...network(width, 2), preprocessing, labels, examples: table })
    const rows = [1, 2, 3].map((n) =>
      row([
        [name, n],
        ['city', ['a', name, 'b'][n - 1]!],
      ]),
    )
    expect(module.predict(rows)).toEqual(await saved.predict(rows))
    expect(module.labels).toEqual(labels)
    for (const text of [code, types]) {
      expect(text).not.toMatch(/[<]\/?script|<!--|-->$|[\u2028\u2029]|alert\(1\) \/\*$/im)
      expect(text).not.toMatch(/[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/)
    }
    expect(() => module.predict({})).toThrow(TypeError)
    expect(({} as Record<string, unknown>)['city']).toBeUndefined()
  })

  test('any', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 2, maxLength: 4 }),
        fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        async (labels, columns, seed) => {
          const rowOf = (i: number) => row(columns.map((name, j) => [name, Math.sin(i * 7 + j + (seed % 100))]))
          const rows = Array.from({ length: 5 }, (_, i) => rowOf(i))
          const examples = Table.fromRows(rows)
          const preprocessing = standardScaler().fit(examples)
          const parts = {
            ...network(columns.length, labels.length, 'softmax', seed % 1000),
            preprocessing,
            labels,
            examples,
          }
          const { module, saved } = await both(parts)
          expect(module.labels).toEqual(labels)
          const expected = await saved.predictProbabilities(rows)
          expect(difference(module.predictProbabilities!(rows), expected)).toBeLessThan(1e-6)
          const guesses = await saved.predict(rows)
          const sorted = expected.map((row) => [...row].sort((a, b) => b - a))
          const found = module.predict(rows) as unknown[]
          // Where two labels are as probable, rounding decides.
          for (const [i, [first, second]] of sorted.entries())
            if (first! - second! > 1e-5) expect(found[i]).toBe(guesses[i])
        },
      ),
      { numRuns: 40 },
    )
  })
})

test('any network and any rows', async () => {
  const activation = fc.constantFrom<ActivationName>(
    'tanh',
    'relu',
    'sigmoid',
    'gelu',
    'softplus',
    'elu',
    'selu',
    'mish',
  )
  const hidden = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), activation), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      ...([fc.integer({ min: 1, max: 5 }), hidden, fc.integer({ min: 1, max: 3 }), fc.nat({ max: 1000 })] as const),
      async (width, layers, outputs, seed) => {
        const parts = layers.map(([units, name]) => dense(units, { activation: name }))
        const model = sequential([...parts, dense(outputs)])
        const params = scramble(model.init({ inputShape: [width] }).params, seed)
        const rows = (await randomNormal(key(seed), [6, width], { standardDeviation: 3 }).toArray()) as number[][]
        const { module, saved } = await both({ model, params, examples: rows })
        expect(difference(module.predict(rows), await saved.predict(rows))).toBeLessThan(1e-6)
      },
    ),
    { numRuns: 60 },
  )
})

describe('a module', () => {
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const params = scramble(model.init({ inputShape: [2] }).params)

  test('2-8-8-1 is at most 1.5 kB beside its weights', async () => {
    const { code } = await toJavaScript(model, params, { examples: [[1, 2]] })
    expect(code).toMatch(/bytes\('[^']{500,}'\)/)
    expect(sizeBesideWeights(code)).toBeLessThan(1500)
    const preprocessing = standardScaler().fit([
      [1, 2],
      [3, 5],
    ])
    const labels = { labels: ['no', 'yes'], threshold: 0 }
    const all = await toJavaScript(model, params, { preprocessing, ...labels, examples: [[1, 2]] })
    expect(sizeBesideWeights(all.code)).toBeLessThan(1500)
  })

  test('runs where no text becomes code, and in a worker', async () => {
    const { code } = await toJavaScript(model, params, { examples: [[1, 2]] })
    const { predict } = await imported(code)
    const file = join(folder, 'model.mjs')
    await writeFile(file, code)
    const program = `import { predict } from ${JSON.stringify(pathToFileURL(file).href)}\nconsole.log(predict([0.5, -1]))`
    const flags = ['--disallow-code-generation-from-strings', '--disable-proto=throw', '--frozen-intrinsics']
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    expect(stderr.replaceAll(/^\(.*\n?/gm, '')).toBe('')
    expect(Number(stdout)).toBe(predict([0.5, -1]))
    const start = `import { parentPort } from 'node:worker_threads'\n${program.replace('console.log', 'parentPort.postMessage')}`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`))
    expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(predict([0.5, -1]))
    await worker.terminate()
  })

  test('few weights are written in digits, others byte by byte', async () => {
    const few = dense(2)
    const weights = { weight: tensor([[0.1, -0.5]]), bias: tensor([1e-30, 3]) }
    const { code } = await toJavaScript(few, weights, { examples: [[1]] })
    expect(code).toContain('const w0 = Float32Array.of(0.1, -0.5)')
    expect(code).toContain('const w1 = Float32Array.of(1e-30, 3)')
    expect(code).not.toContain('atob')
  })

  test('shares the weights that a model shares', async () => {
    const tied = dense(3)
    const x = input([3])
    const twice = graph({ inputs: x, outputs: call(tied, call(tied, x)) })
    const { code } = await toJavaScript(twice, twice.init({ inputShape: [3] }).params, { examples: [[1, 2, 3]] })
    expect(code.match(/const w\d+ =/g)).toHaveLength(2)
  })

  test('needs the state of a model that has one, and holds what is finite', async () => {
    const normed = sequential([dense(2), batchNorm()])
    const { params } = normed.init({ inputShape: [2] })
    await expect(toJavaScript(normed, params, { examples: [[1, 2]] })).rejects.toMatchObject({
      code: 'NOT_INITIALIZED',
    })
    const odd = { weight: tensor([[NaN], [1]]), bias: tensor([1]) }
    await expect(toJavaScript(dense(1), odd, { examples: [[1, 2]] })).rejects.toMatchObject({ code: 'NON_FINITE' })
    await expect(toJavaScript(dense(1), odd, { examples: [] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(toJavaScript(dense(1), odd, { examples: [[1, 2]], labels: ['a'] })).rejects.toMatchObject({
      code: 'NON_FINITE',
    })
    const pair = { weight: tensor([[1], [1]]), bias: tensor([1]) }
    await expect(toJavaScript(dense(1), pair, { examples: [[1, 2]], labels: ['a', 'b'] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })

  test('random numbers are refused by name', async () => {
    const noise = layer({
      name: 'noise',
      outputShape: (shape) => shape,
      apply: (_, x) => add(x, randomNormal(key(1), x.shape)),
    })
    await expect(
      toJavaScript(sequential([dense(1), noise]), sequential([dense(1), noise]).init({ inputShape: [1] }).params, {
        examples: [[1]],
      }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
})

function row(entries: readonly (readonly [string, string | number])[]): Record<string, string | number> {
  // `{ __proto__: 1 }` would be no column.
  return Object.fromEntries(entries)
}
