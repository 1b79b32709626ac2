import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { cpu } from '@neurite/backend-cpu'
import { tensor } from '@neurite/core'
import { decodeModel } from '@neurite/io'
import { layerFromConfig } from '@neurite/nn'
import { fit } from '@neurite/train'
import { describe, expect, test } from 'vitest'
import { modelJson, neuriteProgram, standaloneProgram, type LayerWeights } from '../../src/labs/playground/code.js'
import { playgroundFile } from '../../src/labs/playground/compute.js'
import { pointsFromCsv } from '../../src/labs/playground/csv.js'
import { DATA_SETS, pointsOf, split } from '../../src/labs/playground/data.js'
import { formulaOf, formulaTex, isFormula } from '../../src/labs/playground/expression.js'
import { featuresField, inputsAt } from '../../src/labs/playground/features.js'
import { cellsIn } from '../../src/labs/playground/geometry.js'
import { ACTIVATIONS, hidden, layersField, type HiddenLayer } from '../../src/labs/playground/layers.js'
import { MOST_POINTS, pointsField, snapped } from '../../src/labs/playground/own-points.js'
import { lossNamed, networkOf, optimizerNamed as optimizerSpec, trainingSpec } from '../../src/labs/playground/spec.js'
import { lossFromConfig } from '@neurite/losses'
import { optimizerFromConfig } from '@neurite/optimizers'
import { LiveTraining } from '../../src/training/live-training.js'
import { backendNamed } from '../../src/training/named.js'
import { editsField, MOST_EDITS, withEdit } from '../../src/labs/playground/edits.js'

const backend = cpu()

const choice = {
  features: ['x1', 'x2', 'sin1'],
  layers: [hidden(3), hidden(2, { activation: 'relu', dropout: 0.2 })],
  loss: 'binaryCrossEntropy',
  regression: false,
} as const

describe('formulas of the plane', () => {
  test.each([
    ['sin(x)', 1, 0.9, true],
    ['sin(x)', 1, 0.8, false],
    ['x^2 + y^2 < 9', 2, 2, true],
    ['x1^2 + x2^2 < 9', 3, 1, false],
    ['-x^2', 2, -3.9, true],
    ['-x^2', 2, -4.1, false],
    ['2^3^2 > 511', 0, 0, true],
    ['max(x, -y) >= 1', 0, -2, true],
    ['x * pi > e', 1, 0, true],
    ['2 * -x', 1, -1.9, true],
  ])('%s at (%d, %d)', (text, x, y, expected) => {
    expect(formulaOf(text)(x, y) > 0).toBe(expected)
  })

  test.each([
    ['-x^2 + 2*(y - 1)', 'x_2 >  - {x_1}^{2} + 2 \\, (x_2 - 1)'],
    ['sqrt(x1) / pi <= max(x, 2)', '\\frac{\\sqrt{x_1}}{\\pi} \\le \\max(x_1, 2)'],
    ['1 - (2 - x)', 'x_2 > 1 - (2 - x_1)'],
  ])('%s as mathematics writes it', (text, tex) => expect(formulaTex(text)).toBe(tex))

  test.each([
    'x.constructor',
    'constructor(x)',
    'sin',
    'sin()',
    'this',
    '"a"',
    'x = 3',
    'x ? 1 : 2',
    '[x]',
    'x; y',
    'x y',
    '1 < x < 2',
    '2*-x^2',
    'z',
    '',
    '__proto__',
    'toString(x)',
    'x'.repeat(200),
  ])('%j means nothing', (text) => {
    expect(isFormula(text)).toBe(false)
  })
})

describe('what a link holds', () => {
  const layers: readonly HiddenLayer[] = [
    hidden(4),
    hidden(64, { activation: 'leakyRelu', dropout: 0.25, penalty: 'l2', strength: 0.00003 }),
    hidden(1, { penalty: 'l1', strength: 1 }),
  ]
  const field = layersField([])

  test('layers come back', () => {
    expect(field.parse(field.format(layers))).toEqual(layers)
    expect(field.parse('')).toEqual([])
  })

  test.each(['65-tanh', '0-tanh', '4-eval', '4-tanh-d0.95', '4-tanh-l3-0.1', Array(9).fill('4-tanh').join('_'), '4'])(
    'no layers: %s',
    (text) => expect(field.parse(text)).toBeUndefined(),
  )

  test('points come back where they were set', () => {
    const points = [
      snapped({ x: -6, y: 6, label: 0 }),
      snapped({ x: 0.123, y: -4.5, label: 0 }),
      snapped({ x: 9, y: -9, label: 1 }),
    ]
    expect(pointsField.parse(pointsField.format(points))).toEqual(points)
    expect(Math.abs(points[1]!.x - 0.123)).toBeLessThan(0.005)
    for (const text of ['', 'abc_', 'zzzz_', 'zz!z_zzzz', 'zzzz_zzzz_zzzz'])
      expect(pointsField.parse(text)).toBeUndefined()
  })

  test('weights that were set by hand come back, in the order of their iterations', () => {
    const edits = [
      { iteration: 0, path: '0.bias', place: 1, value: 0.5 },
      { iteration: 60, path: '2.weight', place: 12, value: -1.25e-5 },
    ]
    expect(editsField.parse(editsField.format(edits))).toEqual(edits)
    expect(editsField.parse('')).toEqual([])
    // Of the same number the later is meant; what was set later in a run that was gone back in is gone.
    expect(withEdit(edits, { ...edits[1]!, value: 3 })).toEqual([edits[0], { ...edits[1], value: 3 }])
    expect(withEdit(edits, { ...edits[0]!, value: 3 })).toEqual([{ ...edits[0], value: 3 }])
    for (const text of [
      '60-0w1',
      '60-0x1-1',
      '60-0w1-101',
      '60-0w1-NaN',
      '9-0w1-1_8-0w1-1',
      `0-0w0-1${'_0-0w0-1'.repeat(MOST_EDITS)}`,
    ])
      expect([text, editsField.parse(text)]).toEqual([text, undefined])
  })

  test('features in their order, at least one', () => {
    expect(featuresField.parse('x1-sin2')).toEqual(['x1', 'sin2'])
    for (const text of ['', 'x3', 'x1-x1', 'x1,x2']) expect(featuresField.parse(text)).toBeUndefined()
  })
})

describe('data', () => {
  const options = { points: 121, noise: 0.1, seed: 4, formula: 'x^2 + y^2 < 9', own: pointsField.initial }

  test.each(DATA_SETS)('%s: the same from the same seed, finite, apart from another seed', (set) => {
    const points = pointsOf({ ...options, set })
    expect(points).toEqual(pointsOf({ ...options, set }))
    expect(points.places.length).toBe(2 * points.values.length)
    expect([...points.places, ...points.values].every(Number.isFinite)).toBe(true)
    if (set !== 'own') expect(pointsOf({ ...options, set, seed: 5 }).places).not.toEqual(points.places)
  })

  test('train and test rows are apart, and together all', () => {
    const points = pointsOf({ ...options, set: 'gauss' })
    const { train, test: tested } = split(points, 0.3, 1)
    expect([train.values.length, tested!.values.length]).toEqual([85, 36])
    const all = [...train.places, ...tested!.places].sort((a, b) => a - b)
    expect(all).toEqual([...points.places].sort((a, b) => a - b))
  })

  test('a CSV file gives points: numbers to the square, two values as classes', async () => {
    const file = new Blob(['width,kind,height\n0,dog,10\n4,cat,20\n2,dog,30\n'])
    const { points, columns, rows } = await pointsFromCsv(file)
    expect([rows, columns]).toEqual([3, ['width', 'height', 'kind']])
    expect(points.map(({ x, y, label }) => [Math.round(x), Math.round(y), label])).toEqual([
      [5, 0, 0],
      [-5, -5, 1],
      [0, 5, 1],
    ])
    await expect(pointsFromCsv(new Blob(['a,b\n1,2\n']))).rejects.toThrow()
  })

  test('of a long file, as many points as a link holds, classes in proportion', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i % 71},${i % 53},${i % 3 === 0 ? 'a' : 'b'}`)
    const { points, rows } = await pointsFromCsv(new Blob([`x,y,c\n${lines.join('\n')}\n`]))
    expect([rows, points.length]).toEqual([3000, MOST_POINTS])
    expect(points.filter(({ label }) => label === 0).length).toBe(MOST_POINTS / 3)
  })
})

test('units fold only when they must, and never overlap', () => {
  for (const count of [1, 2, 7, 16, 17, 40, 64])
    for (const [width, height] of [
      [60, 160],
      [140, 560],
      [44, 600],
    ] as const) {
      const cells = cellsIn(count, { left: 10, top: 20, width, height })
      expect(cells.length).toBe(count)
      for (const { x, y, size } of cells) {
        expect(x).toBeGreaterThanOrEqual(10)
        expect(x + size).toBeLessThanOrEqual(10 + width)
        expect(y).toBeGreaterThanOrEqual(19.999)
        expect(y + size).toBeLessThanOrEqual(20.001 + height)
      }
      const apart = cells.every((a, i) =>
        cells.slice(i + 1).every((b) => Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) >= a.size - 1e-9),
      )
      expect(apart).toBe(true)
      if (count <= 16 && height / count > 30) expect(new Set(cells.map(({ x }) => x)).size).toBe(1)
    }
})

/** Weights of a network as they were drawn at first. */
async function drawn(layers: readonly HiddenLayer[]): Promise<readonly LayerWeights[]> {
  const { params } = networkOf({ ...choice, layers }).init({ inputShape: [3], seed: 7, backend })
  const entries = (
    params as readonly { weight?: { data(): Promise<Float32Array> }; bias?: { data(): Promise<Float32Array> } }[]
  ).filter(({ weight }) => weight !== undefined)
  return Promise.all(
    entries.map(async ({ weight, bias }) => ({
      weight: Float32Array.from(await weight!.data()),
      bias: (await bias!.data()).map((_, k) => 0.1 * k - 0.2),
    })),
  )
}

const places = Float32Array.of(0.3, -1.2, 2, 2, -4, 0.5)
const points = { places, values: Float32Array.of(0, 1, 1) }
const spec = trainingSpec({
  ...choice,
  split: { train: points, test: undefined },
  optimizer: 'adam',
  learningRate: 0.03,
  batchSize: 2,
  order: 'shuffled-cyclic',
  seed: 3,
})

/** What a program that was downloaded exports. */
async function run<T>(source: string): Promise<T> {
  const folder = await mkdtemp(resolve(import.meta.dirname, '.exported-'))
  try {
    await writeFile(resolve(folder, 'program.ts'), source)
    return (await import(resolve(folder, 'program.ts'))) as T
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('exports', () => {
  test.each(ACTIVATIONS)('the function that needs nothing says what the network says: %s', async (activation) => {
    const layers = [hidden(3, { activation }), hidden(2, { activation, dropout: 0.2 })]
    const weights = await drawn(layers)
    const source = standaloneProgram({
      ...choice,
      layers,
      weights,
      iteration: 12,
      spec,
      optimizer: 'adam',
      backend: 'cpu',
      edits: [],
    })
    const { network } = await run<{ network: (x1: number, x2: number) => number }>(source)
    const file = await decodeModel(
      await playgroundFile({ choice: { ...choice, layers }, weights, examples: [[1, 2, 0.5]] }),
      { backend },
    )
    const rows = inputsAt(places, choice.features)
    const outputs = await file.model.apply(file.params, tensor(rows.data, { shape: rows.shape, backend })).data()
    for (let i = 0; i < 3; i++) {
      const probability = 1 / (1 + Math.exp(-outputs[i]!))
      expect(network(places[2 * i]!, places[2 * i + 1]!)).toBeCloseTo(probability, 5)
    }
  })

  test('the model file knows its columns and its classes', async () => {
    const weights = await drawn(choice.layers)
    const file = await decodeModel(await playgroundFile({ choice, weights, examples: [[1, 2, 0.5]] }), {
      backend,
    })
    expect(file.labels).toEqual(['B', 'A'])
    expect(['A', 'B']).toContain(await file.predict({ x1: 1, x2: -2, 'Math.sin(x1)': Math.sin(1) }))
  })

  test('JSON holds the training and its params', async () => {
    const weights = await drawn(choice.layers)
    const read: unknown = JSON.parse(
      modelJson({ ...choice, weights, iteration: 12, spec, optimizer: 'adam', backend: 'cpu', edits: [] }),
    )
    expect(read).toMatchObject({
      features: ['x1', 'x2', 'Math.sin(x1)'],
      model: spec.model,
      training: { iteration: 12, seed: 3 },
      params: [{ layer: 0 }, { layer: 1 }, { layer: 3 }],
    })
  })

  test.each(['cpu', 'wasm'] as const)('the program trains the same network again on %s, to the bit', async (name) => {
    const weights = await drawn(choice.layers)
    const source = neuriteProgram({
      ...choice,
      weights,
      iteration: 5,
      spec,
      optimizer: 'adam',
      backend: name,
      edits: [],
    })
    const { params } = await run<{ params: unknown }>(source)
    const again = await fit(layerFromConfig(spec.model), spec.data, {
      loss: lossFromConfig(lossNamed('binaryCrossEntropy')),
      optimizer: optimizerFromConfig(optimizerSpec('adam', 0.03)),
      epochs: 3,
      batchSize: 2,
      seed: 3,
      order: 'shuffled-cyclic',
      callbacks: [{ name: 'stop', onIteration: ({ iteration }, run) => void (iteration === 4 && run.stop('there')) }],
      backend: await backendNamed(name),
    })
    const numbers = async (tree: unknown): Promise<unknown> =>
      Promise.all(
        (tree as readonly Record<string, { data(): Promise<ArrayLike<number>> }>[]).flatMap((entry) =>
          Object.values(entry).map(async (leaf) => Array.from(await leaf.data())),
        ),
      )
    expect(await numbers(params)).toEqual(await numbers(again.params))
  })

  test('the program sets by hand what was set by hand', async () => {
    const edits = [
      { iteration: 0, path: '0.bias', place: 1, value: 0.5 },
      { iteration: 3, path: '0.weight', place: 4, value: -2 },
    ]
    const weights = await drawn(choice.layers)
    const source = neuriteProgram({ ...choice, weights, iteration: 5, spec, optimizer: 'adam', backend: 'cpu', edits })
    const { params } = await run<{ params: readonly Record<string, { data(): Promise<ArrayLike<number>> }>[] }>(source)
    const training = await LiveTraining.open({ ...spec, edits })
    await training.advance(5)
    const frame = await training.frame({ params: true, measure: false })
    for (const { path, data } of frame.params!) {
      const [layer = '', leaf = ''] = path.split('.')
      expect([path, Array.from(await params[Number(layer)]![leaf]!.data())]).toEqual([path, [...data]])
    }
    await training.close()
  })
})
