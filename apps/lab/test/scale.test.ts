import * as d3 from 'd3-scale'
import { describe, expect, test } from 'vitest'
import { scaleLinear, scaleLog, type Ends } from '../src/parts/scale.js'

const plain = (text: string): string => text.replace('−', '-')
const COUNTS = [3, 4, 5, 8]

describe('as d3-scale has it', () => {
  test.each<Ends>([
    [0, 1],
    [-1.2, 1.2],
    [1, 17],
    [-0.25, 1.2],
    [0, 12_345],
    [3, -2],
    [-0.003, 0.0041],
    [1, 1e6],
  ])('linear from %d to %d', (...ends) => {
    for (const nice of [false, true]) {
      const [own, theirs] = [scaleLinear(ends, [10, 210], { nice }), d3.scaleLinear(ends, [10, 210])]
      if (nice) theirs.nice()
      expect(own.domain).toEqual(theirs.domain())
      for (const value of [...ends, 0.3]) expect(own(value)).toBeCloseTo(theirs(value), 9)
      expect(own.invert(77)).toBeCloseTo(theirs.invert(77), 9)
      for (const count of COUNTS) {
        expect(own.ticks(count)).toEqual(theirs.ticks(count))
        expect(own.ticks(count).map(own.tickFormat(count)).map(plain)).toEqual(
          theirs.ticks(count).map(theirs.tickFormat(count)).map(plain),
        )
      }
    }
  })

  test.each<Ends>([
    [1, 1000],
    [0.03, 7],
    [1e-9, 1],
    [2, 9],
    [5, 400],
    [400, 5],
    [1e-4, 1e8],
  ])('logarithmic from %d to %d', (...ends) => {
    for (const nice of [false, true]) {
      const [own, theirs] = [scaleLog(ends, [210, 10], { nice, clamp: true }), d3.scaleLog(ends, [210, 10]).clamp(true)]
      if (nice) theirs.nice()
      expect(own.domain).toEqual(theirs.domain())
      for (const value of [...ends, 0.3, 1e9, 1e-12]) expect(own(value)).toBeCloseTo(theirs(value), 9)
      expect(own(0)).toBe(ends[0] < ends[1] ? 210 : 10)
      expect(own.invert(77)).toBeCloseTo(theirs.invert(77), 9)
      for (const count of COUNTS) {
        expect(own.ticks(count)).toEqual(theirs.ticks(count))
        const written = (say: (value: number) => string): boolean[] => own.ticks(count).map((tick) => say(tick) !== '')
        expect(written(own.tickFormat(count))).toEqual(written(theirs.tickFormat(count)))
      }
    }
  })
})
