import { configOf } from '@neurite/nn'
import { expect, test } from 'vitest'
import { digitRows } from '../../src/labs/digits/compute.js'
import { BLANK, dab, imageOf, inked, isImageText, SIDE, stroke, textOf } from '../../src/labs/digits/image.js'
import { cellAt, layoutOf } from '../../src/labs/digits/layout.js'
import { moved, networkOf, placeOf, slid, type Kind } from '../../src/labs/digits/network.js'
import { FIRST } from '../../src/labs/digits/state.js'
import { LiveTraining } from '../../src/training/live-training.js'
import type { Look, TrainingSpec } from '../../src/training/spec.js'

const rows = digitRows()
const spec = (kind: Kind): TrainingSpec => ({
  model: configOf(networkOf(kind, 16).model),
  loss: { kind: 'sparseCrossEntropy' },
  optimizer: { kind: 'adam', learningRate: 0.01 },
  data: rows.train,
  test: rows.test,
  batchSize: 32,
  seed: 1,
  classes: true,
})
const points = { shape: [1, SIDE, SIDE, 1], data: rows.test.x.data.slice(0, SIDE * SIDE) }

test('a fifth of each digit is held back, and ink is from 0 to 1', () => {
  expect([rows.train.x.shape[0], rows.test.x.shape[0]]).toEqual([1437, 360])
  expect(Math.max(...rows.train.x.data)).toBe(1)
  const held = (digit: number): number => [...rows.test.y.data].filter((label) => label === digit).length
  for (let digit = 0; digit < 10; digit++) expect(held(digit)).toBeGreaterThanOrEqual(34)
})

test.each([
  ['cnn', [0, 2, 3, 5]],
  ['cnn', [1, 3, 0, 11]],
  ['cnn', [2, 1, 0, 7]],
  ['cnn', [4, 0, 0, 6]],
  ['mlp', [1, 0, 0, 9]],
  ['mlp', [2, 0, 0, 3]],
] as const)(
  '%s: the terms of a unit make what the network has there: layer, row, column, unit %j',
  async (kind, at) => {
    const network = networkOf(kind, 16)
    const [layer, row, column, filter] = at
    const shown = network.layers.findIndex((known) => known.layer === layer)
    const training = await LiveTraining.open(spec(kind))
    await training.advance(20)
    const look: Look = {
      points,
      units: true,
      measure: false,
      unit: placeOf(network, { shown, row, column, filter }),
    }
    const { unit, units } = await training.frame(look)
    const { rows: high, columns, filters } = network.layers[shown]!
    expect(unit!.output).toBe(units![layer]![(row * columns + column) * filters + filter])
    expect(units![layer]!.length).toBe(high * columns * filters)
    const { inputs, weighted } = unit!
    if (weighted === undefined) expect(unit!.output).toBe(Math.max(...inputs))
    else {
      const sum = inputs.reduce((total, value, i) => total + value * weighted.weights[i]!, 0)
      expect(weighted.sum).toBeCloseTo(sum, 4)
      expect(weighted.z).toBeCloseTo(sum + weighted.bias, 4)
      if (shown < network.layers.length - 1) expect(unit!.output).toBeCloseTo(Math.max(0, weighted.z), 4)
      else {
        const all = await Promise.all(
          Array.from({ length: 10 }, async (_, digit) => {
            const cell = { shown, row: 0, column: 0, filter: digit }
            return (await training.frame({ ...look, unit: placeOf(network, cell) })).unit!.weighted!.z
          }),
        )
        const total = all.reduce((most, z) => most + Math.exp(z), 0)
        expect(unit!.output).toBeCloseTo(Math.exp(weighted.z) / total, 4)
      }
    }
    await training.close()
  },
)

test('the window of a cell is that part of the image', async () => {
  const training = await LiveTraining.open(spec('cnn'))
  const { unit } = await training.frame({ points, measure: false, unit: { layer: 0, place: [2, 4, 1] } })
  expect([unit!.begin, unit!.shape]).toEqual([
    [2, 4, 0],
    [3, 3, 1],
  ])
  const image = points.data
  expect([...unit!.inputs]).toEqual([2, 3, 4].flatMap((row) => [4, 5, 6].map((column) => image[row * SIDE + column]!)))
  await training.close()
})

test('predictions of the test rows are those of evaluate, and leave nothing behind', async () => {
  const training = await LiveTraining.open(spec('mlp'))
  await training.advance(30)
  const { testAccuracy } = await training.frame({})
  const seen = await training.frame({ measure: false, predictions: true })
  expect(seen.testAccuracy).toBe(testAccuracy)
  const { confusion, classes } = seen.predictions!
  expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(360)
  const right = confusion.reduce((sum, row, digit) => sum + row[digit]!, 0)
  expect(right / 360).toBeCloseTo(testAccuracy!, 6)
  expect([...classes].filter((digit, row) => digit === rows.test.y.data[row]).length).toBe(right)
  const { buffers } = training.backend.memory()
  await training.frame({ measure: false, predictions: true, points, unit: { layer: 1, place: [3] } })
  expect(training.backend.memory().buffers).toBe(buffers)
  await training.close()
})

test('an image goes into a link and back', () => {
  expect(isImageText(FIRST)).toBe(true)
  expect(textOf(imageOf(FIRST))).toBe(FIRST)
  expect(isImageText(FIRST.slice(1))).toBe(false)
  expect(isImageText(`${FIRST.slice(1)}h`)).toBe(false)
})

test('pen and rubber stay within the ink; a stroke leaves no gap', () => {
  const drawn = stroke(dab(BLANK, [1.5, 4.5], false), [1.5, 4.5], [6.5, 4.5], false)
  expect(drawn.slice(4 * SIDE + 1, 4 * SIDE + 7)).toEqual([16, 16, 16, 16, 16, 16])
  expect(drawn.every((ink) => Number.isInteger(ink) && ink >= 0 && ink <= 16)).toBe(true)
  expect(dab(drawn, [3.5, 4.5], true)[4 * SIDE + 3]).toBe(0)
  expect(inked(inked(BLANK, 5), 5)[5]).toBe(16)
})

test('a kernel slides over every cell of its map; arrows leave a map for its neighbour', () => {
  const [layer] = networkOf('cnn', 16).layers
  let cell = { shown: 0, filter: 3, row: 0, column: 0 }
  const seen = new Set<string>()
  for (let i = 0; i < 36; i++) {
    seen.add(`${cell.row} ${cell.column}`)
    cell = slid(layer!, cell)
  }
  expect([seen.size, cell.row, cell.column]).toEqual([36, 0, 0])
  expect(moved(layer!, { ...cell, column: 5 }, 1, 0)).toEqual({ ...cell, filter: 4, column: 0 })
  expect(moved(layer!, { ...cell, filter: 0 }, -1, 0)).toEqual({ ...cell, filter: 0 })
})

test.each([
  ['cnn', 785, 640],
  ['cnn', 358, 360],
  ['mlp', 785, 640],
  ['mlp', 328, 320],
] as const)(
  'everything of a %s stands on a stage of %d x %d, and is found again by its place',
  (kind, width, height) => {
    const { layers } = networkOf(kind, 64)
    const layout = layoutOf(width, height, layers)
    layout.layers.forEach((place, i) => {
      const { box, maps } = place
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width)
      expect(box.y + box.height).toBeLessThanOrEqual(height)
      expect(maps[0]!.width).toBeGreaterThan(0)
      const last = maps.at(-1)!
      expect(cellAt(place, layers[i]!, last.x + last.width - 1, last.y + last.height - 1)).toEqual({
        filter: layers[i]!.filters - 1,
        row: layers[i]!.rows - 1,
        column: layers[i]!.columns - 1,
      })
    })
  },
)
