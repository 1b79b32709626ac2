import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { NAMES } from '../src/names.js'
import { printed } from './support/printed.js'

/** The line of an example's output that is its result, and what it must reach at least. */
const RESULTS: Readonly<Record<(typeof NAMES)[number], { readonly line: RegExp; readonly least: number }>> = {
  xor: { line: /^one hidden layer[^]* {2}accuracy: ([\d.]+)$/m, least: 1 },
  spirals: { line: /^test accuracy: ([\d.]+)$/m, least: 0.98 },
  iris: { line: /^test accuracy: ([\d.]+)$/m, least: 0.95 },
  wine: { line: /^test accuracy: ([\d.]+)$/m, least: 0.95 },
  'breast-cancer': { line: /^test accuracy: ([\d.]+)$/m, least: 0.95 },
  // reference/diabetes.py measures 0.480 of scikit-learn's MLPRegressor.
  diabetes: { line: /^test R2: ([\d.]+)$/m, least: 0.48 - 0.03 },
  'digits-cnn': { line: /^test accuracy: ([\d.]+)$/m, least: 0.98 },
  // The best rate without a scaler needs so many iterations; with z-scores it is less than a hundredth.
  'height-weight': { line: /^as they are +0\.00002 +(\d+)$/m, least: 700 },
  search: { line: /^test accuracy: ([\d.]+)$/m, least: 0.95 },
  'save-and-load': { line: /^test accuracy: ([\d.]+)$/m, least: 0.9 },
}

describe('each example reaches its figure and prints what output/ has', () => {
  test.each(NAMES)('%s', { timeout: 120_000 }, async (name) => {
    const output = await printed(name)
    const { line, least } = RESULTS[name]
    expect(Number(line.exec(output)?.[1])).toBeGreaterThanOrEqual(least)
    await expect(output).toMatchFileSnapshot(`../output/${name}.txt`)
  })
})

test('4.2.4.b one neuron cannot, one hidden layer can', async () => {
  const output = await printed('xor')
  expect(output).toMatch(/^one neuron[^]* {2}accuracy: 0\.[0-7]\d\none hidden layer[^]* {2}accuracy: 1\.00$/m)
})

test('4.3.1 z-scores need less than a hundredth of the iterations that unscaled features need', async () => {
  const output = await printed('height-weight')
  const iterations = (features: string): number => {
    const rows = [...output.matchAll(new RegExp(`^${features} +\\S+ +(\\d+)$`, 'gm'))]
    return Math.min(...rows.map(([, count]) => Number(count)))
  }
  expect(iterations('z-score')).toBeLessThan(iterations('as they are') / 100)
  expect(iterations('minimum and maximum')).toBeLessThan(iterations('as they are') / 5)
})

test('every program beside main.ts is in the list of examples', () => {
  const files = readdirSync(new URL('../src', import.meta.url))
  const parts = ['main.ts', 'names.ts', 'search-objective.ts', 'search-worker.mjs']
  const programs = files.filter((file) => !parts.includes(file)).map((file) => file.replace(/\.ts$/, ''))
  expect(programs.sort()).toEqual([...NAMES].sort())
})
