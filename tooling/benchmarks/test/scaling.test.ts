import { describe, expect, test } from 'vitest'
import type { Outcome } from '../src/harness/measure.js'
import { markdownFor, markdownOf } from '../src/report/documents.js'
import type { Results } from '../src/report/results.js'
import { scalingTables } from '../src/report/scaling-tables.js'
import { chartSvg } from '../src/scaling/chart.js'
import { CURVES, DRAWN } from '../src/scaling/curves.js'
import { picturesOf } from '../src/scaling/pictures.js'
import { SUBJECTS } from '../src/subjects/index.js'

const measured = (seconds: number): Outcome => ({ status: 'measured', samples: [seconds], runsPerRound: 1 })
const curve = CURVES.find(({ id }) => id === 'operations')!
const measuredCurve = {
  curve,
  outcomes: curve.points.map(
    ({ at }): ReadonlyMap<string, Outcome> =>
      new Map([
        ['tfjs-wasm', at > 4 ? measured(at * 5e-6) : { status: 'failed', reason: 'it broke' }],
        ['wasm', measured(1e-6 + at * 1e-8)],
      ]),
  ),
}

test('who is drawn exists, and the points of a curve ascend', () => {
  for (const name of DRAWN) expect(SUBJECTS.map((subject) => subject.name)).toContain(name)
  for (const { points } of CURVES) {
    const values = points.map(({ at }) => at)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(new Set(points.map(({ workload }) => workload.id)).size).toBe(points.length)
  }
})

test('a table has a row for each point, subjects in one order, and what one more costs', () => {
  const [table] = scalingTables([measuredCurve])
  expect(table!.head).toEqual(['operations', 'wasm', 'tfjs-wasm'])
  expect(table!.rows[0]).toEqual(['1', '1.01 us', '-'])
  expect(table!.rows.at(-1)).toEqual(['one more', '0.0100 us', '5.00 us'])
})

describe('a picture', () => {
  const series = [
    { name: 'a & b', style: 0, points: [1, 10, 100].map((x) => ({ x, y: x })) },
    { name: 'c', style: 1, points: [{ x: 10, y: 101 }] },
  ]
  const svg = chartSvg({ title: 'T', xLabel: 'n', yLabel: 'time', series, formatY: String })

  test('has a line or a dot for each series, at logarithmic places', () => {
    const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])
    expect(circles).toHaveLength(4)
    const [low, middle, high] = circles as [number[], number[], number[]]
    expect(middle[0]! - low[0]!).toBeCloseTo(high[0]! - middle[0]!, 0)
    expect(middle[1]! - low[1]!).toBeCloseTo(high[1]! - middle[1]!, 0)
    expect(high[1]!).toBeLessThan(low[1]!)
  })

  test('says its numbers to who cannot see it, and escapes names', () => {
    expect(svg).toContain('<desc>time against n: a &amp; b 1: 1, 10: 10, 100: 100; c 10: 101.</desc>')
  })

  test('names do not cover each other', () => {
    const heights = [...svg.matchAll(/y="([\d.]+)" text-anchor="start">(?:a|c)/g)].map(([, y]) => Number(y))
    expect(heights).toHaveLength(2)
    expect(Math.abs(heights[0]! - heights[1]!)).toBeGreaterThanOrEqual(15)
  })

  test('each curve has its file', () => {
    expect([...picturesOf([measuredCurve]).keys()]).toEqual(['scaling-operations.svg'])
  })
})

describe('markdown', () => {
  const results: Results = {
    environment: { date: '', cpu: 'X', cores: 2, node: '', platform: '', load: 0, rounds: 3, quick: false },
    ...{ columns: [], workloads: [], comparisons: [], bundles: [], coldStarts: [], overheads: [] },
    curves: [measuredCurve],
  }

  test('replaces what stands between the marks of a document, and only that', () => {
    const before = '# Title\n\nwords\n\n<!-- measured -->\nold\n<!-- /measured -->\n\nmore\n'
    const after = markdownFor(before, results)
    expect(after.startsWith('# Title\n\nwords\n\n<!-- measured -->\n\n')).toBe(true)
    expect(after.endsWith('\n<!-- /measured -->\n\nmore\n')).toBe(true)
    expect(after).toContain('## Scaling: ')
    expect(after).not.toContain('old')
    expect(after.match(/^# /gm)).toHaveLength(1)
    expect(markdownFor(after, results)).toBe(after)
  })

  test('without marks is a document of its own', () => {
    expect(markdownFor('something else', results)).toBe(markdownOf(results))
  })
})
