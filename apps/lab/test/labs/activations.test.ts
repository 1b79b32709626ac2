import { expect, test } from 'vitest'
import { collapse } from '../../src/labs/activations/collapse.js'
import { activationCurve, softmaxOf } from '../../src/labs/activations/compute.js'
import { deepSpec, layerViews, ROWS } from '../../src/labs/activations/deep-network.js'
import { indexOf, POINTS, THROUGH } from '../../src/labs/activations/grid.js'
import { PHIS } from '../../src/labs/activations/state.js'
import { LiveTraining } from '../../src/training/live-training.js'

test.each(PHIS.filter((phi) => phi !== 'softmax'))('the slope of %s is that of its curve', async (phi) => {
  const { value, slope } = await activationCurve({ phi, a: 0.3 })
  // Off the kinks, which are at whole numbers.
  for (const x of [-4.4, -2.55, -0.6, 0.45, 1.6, 5.3]) {
    const i = indexOf(x)
    const secant = (value[i + 1]! - value[i - 1]!) / 0.05
    expect(Math.abs(slope[i]! - secant)).toBeLessThan(2e-4)
  }
})

test('the slope of sigmoid is at most a quarter, and ten of them leave a millionth', async () => {
  const { slope, powers } = await activationCurve({ phi: 'sigmoid', a: 0.1 })
  expect(Math.max(...slope)).toBe(0.25)
  expect(powers).toHaveLength(THROUGH * POINTS)
  expect(powers[(THROUGH - 1) * POINTS + indexOf(0)]).toBeCloseTo(2 ** -20, 12)
})

test('leaky ReLU has the slope that was chosen', async () => {
  const { slope } = await activationCurve({ phi: 'leakyRelu', a: 0.37 })
  expect([slope[indexOf(-3)], slope[indexOf(3)]]).toEqual([0.37, 1])
})

test('softmax sums to 1, and each column of its slopes to 0', async () => {
  const { y, sum, jacobian } = await softmaxOf({ z: [2, 1, 0.1, -1] })
  expect(sum).toBeCloseTo(1, 12)
  expect(y[0]).toBeCloseTo(0.6381, 4)
  expect(jacobian[1]![0]).toBeCloseTo(-y[0]! * y[1]!, 12)
  for (let k = 0; k < 4; k++) expect(jacobian.reduce((total, row) => total + row[k]!, 0)).toBeCloseTo(0, 12)
})

test('layers without activations are one line, however many of them are joined', async () => {
  const { joined, output, layers, parameters, parametersJoined } = await collapse({
    depth: 5,
    phi: 'identity',
    seed: 3,
  })
  expect([layers.length, joined.length]).toEqual([5, 5])
  for (const { difference } of joined) expect(difference).toBeLessThan(1e-12)
  const steps = Array.from(output.slice(1), (value, i) => value - output[i]!)
  for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 10)
  expect([parameters, parametersJoined]).toEqual([8 + 20 + 20 + 20 + 5, 2])
})

test('a nonlinear activation refuses to be joined, in words', async () => {
  const { joined, refused } = await collapse({ depth: 3, phi: 'tanh', seed: 3 })
  expect(joined).toEqual([])
  expect(refused).toMatch(/tanh/)
})

const request = { phi: 'sigmoid', a: 0.1, layers: 10, init: 'auto', rate: 0.1, seed: 1 } as const

async function viewsOf(asked: Parameters<typeof deepSpec>[0]): Promise<ReturnType<typeof layerViews>> {
  const training = await LiveTraining.open(deepSpec(asked))
  const frame = await training.frame({ flow: true, points: ROWS.x, units: true })
  await training.close()
  return layerViews(frame)
}

test('the gradient vanishes through ten sigmoids and not through ten ReLUs', async () => {
  const [sigmoid, relu] = [await viewsOf(request), await viewsOf({ ...request, phi: 'relu' })]
  expect([sigmoid.length, relu.length]).toEqual([11, 11])
  expect(sigmoid[0]!.norm / sigmoid.at(-1)!.norm).toBeLessThan(1e-4)
  expect(relu[0]!.norm / relu.at(-1)!.norm).toBeGreaterThan(0.01)
})

test('a leaky ReLU of any slope is measured as one layer with its weights', async () => {
  const views = await viewsOf({ ...request, phi: 'leakyRelu', a: 0.2, layers: 3 })
  expect(views.map(({ means }) => means.length)).toEqual([10, 10, 10, 0])
  expect(views.every(({ deadShare }) => deadShare === 0)).toBe(true)
})
