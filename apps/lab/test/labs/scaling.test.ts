import { heightWeight } from '@neurite/datasets'
import { expect, test } from 'vitest'
import { descents, scaled } from '../../src/labs/scaling/compute.js'
import { scaledList } from '../../src/labs/scaling/list.js'
import { LIMIT, NEAR, PEOPLE, SCALINGS } from '../../src/labs/scaling/names.js'

const undragged = { outlier: undefined }

test('the longer the valley, the longer the way down', () => {
  const found = descents({ ...undragged, share: 0.9 })
  const valleys = scaled({ ...undragged, aspect: 1 })
  for (const [longer, shorter] of [
    ['raw', 'minmax'],
    ['minmax', 'zscore'],
  ] as const) {
    expect(valleys[longer].condition).toBeGreaterThan(3 * valleys[shorter].condition)
    expect(found[longer].iterations).toBeGreaterThan(3 * found[shorter].iterations)
  }
})

test('descent ends near the best weights, and says how near', () => {
  const found = descents({ ...undragged, share: 0.7 })
  const valleys = scaled({ ...undragged, aspect: 1.5 })
  for (const scaling of SCALINGS) {
    const { end, w1, w2, gap, at, iterations } = found[scaling]
    const [b1, b2] = valleys[scaling].best as [number, number]
    expect(end).toBe('converged')
    expect(gap.at(-1)).toBeLessThanOrEqual(NEAR)
    expect(gap.at(-2)).toBeGreaterThan(NEAR)
    expect(at.at(-1)).toBe(iterations)
    expect(Math.hypot(w1.at(-1)! - b1, w2.at(-1)! - b2)).toBeLessThan(0.05 * Math.hypot(b1, b2))
  }
})

test('the best weights of raw data are those of least squares', () => {
  const { height_cm, weight_kg, surface_m2 } = heightWeight({ people: PEOPLE, seed: 0 })
  let [hh, hw, ww, hs, ws] = [0, 0, 0, 0, 0]
  height_cm.forEach((h, i) => {
    const [w, s] = [weight_kg[i]!, surface_m2[i]!]
    ;[hh, hw, ww, hs, ws] = [hh + h * h, hw + h * w, ww + w * w, hs + h * s, ws + w * s]
  })
  const [w1, w2] = scaled({ ...undragged, aspect: 1 }).raw.best
  expect(w1).toBeCloseTo((hs * ww - ws * hw) / (hh * ww - hw * hw), 9)
  expect(w2).toBeCloseTo((ws * hh - hs * hw) / (hh * ww - hw * hw), 9)
})

test('above the stable learning rate descent diverges; at it, it never arrives', () => {
  const over = descents({ ...undragged, share: 1.05 })
  for (const scaling of SCALINGS) expect(over[scaling].end).toBe('diverged')
  expect(descents({ ...undragged, share: 1 }).zscore).toMatchObject({ end: 'limit', iterations: LIMIT })
})

test('an outlier crowds the others together, by min-max more than by z-score', () => {
  const { raw, minmax, zscore } = scaled({ outlier: [170, 300], aspect: 1 })
  expect(raw.kept[1]).toBe(1)
  expect(minmax.kept[1]).toBeLessThan(0.25)
  expect(zscore.kept[1]).toBeGreaterThan(1.5 * minmax.kept[1]!)
})

test("the chapter's list", () => {
  const { by } = scaledList({ outlier: 100 })
  expect(by.minmax.values).toEqual([0, 0, 0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.03, 1])
  expect(by.minmax.kept).toBeCloseTo(0.03, 9)
  expect(by.zscore.kept).toBeGreaterThan(by.minmax.kept)
  expect(by.robust.kept).toBeGreaterThan(0.5)
})
