import { describe, expect, test } from 'vitest'
import { compare } from '../src/compare.js'
import { AIMS } from '../src/aims.js'
import type { Outcome } from '../src/harness/measure.js'
import { jsonOf, markdownOf, textOf } from '../src/report/documents.js'
import { digits, formatPercent, formatRatio, formatSeconds } from '../src/report/format.js'
import { progressOn } from '../src/report/progress.js'
import type { Results } from '../src/report/results.js'
import { markdownTable, plainTable } from '../src/report/table.js'
import { WORKLOADS } from '../src/workloads/index.js'

const measured = (...samples: number[]): Outcome => ({ status: 'measured', samples, runsPerRound: 1 })

const outcomes = {
  W1: new Map<string, Outcome>([
    ['cpu', measured(10e-6, 11e-6, 12e-6)],
    ['tfjs-cpu', measured(500e-6, 550e-6, 600e-6)],
  ]),
  'W5-1024': new Map<string, Outcome>([
    ['cpu', { status: 'disagrees', reason: 'value 3 after run 1 is 7, where tfjs-cpu has 8' }],
    ['tfjs-cpu', measured(3)],
    ['torch', { status: 'absent', reason: 'no | torch' }],
  ]),
}

const results: Results = {
  environment: {
    date: '2030-01-02',
    cpu: 'A cpu',
    cores: 2,
    node: '20.0.0',
    platform: 'linux x64',
    load: 1.5,
    rounds: 3,
    quick: true,
  },
  columns: [
    { name: 'cpu', role: 'ours', about: 'Neurite', present: true },
    { name: 'tfjs-cpu', role: 'peer', about: 'tfjs 4', present: true },
    { name: 'torch', role: 'peer', about: 'there is no python', present: false },
  ],
  workloads: WORKLOADS.flatMap((workload) => {
    const found = new Map(Object.entries(outcomes)).get(workload.id)
    return found === undefined ? [] : [{ workload, outcomes: found }]
  }),
  comparisons: compare(AIMS, new Map(Object.entries(outcomes))),
  bundles: [
    { subject: 'cpu', minified: 40_000, gzipped: 26_900, fetched: 0 },
    { subject: 'wasm, shipped', minified: 24_000, gzipped: 9_900, fetched: 7_200 },
    { subject: 'tfjs-cpu', minified: 331_000, gzipped: 92_000, fetched: 0 },
  ],
  coldStarts: [
    { subject: 'node', seconds: [0.04, 0.04, 0.04], peakMemory: [44e6] },
    { subject: 'cpu', seconds: [0.07, 0.07, 0.08], peakMemory: [60e6] },
    { subject: 'tfjs-cpu', seconds: [0.2, 0.2, 0.21], peakMemory: [72e6] },
  ],
  overheads: [
    { name: 'a compiled call of 10 tensors, without its kernels', seconds: [1.2e-6, 1.3e-6, 1.6e-6] },
    { name: 'something else', seconds: [2e-6] },
  ],
  curves: [],
}

test('markdown has each table, each verdict, and the problem first', () => {
  const text = markdownOf(results)
  expect(text).toContain('load 1.5')
  expect(text.indexOf('- W5-1024 cpu computes something else: value 3')).toBeGreaterThan(0)
  expect(text.indexOf('**Problems**')).toBeLessThan(text.indexOf('## Time of one run'))
  expect(text).toContain('| W1 step 2-8-8-1 tanh, MSE, SGD, batch 10 | 11.0 us ± 5% | 550 us ± 5% |')
  expect(text).toContain('| disagrees | 3.00 s [1] (0.716 GFLOP/s) |')
  expect(text).toContain('| W1 | cpu | tfjs-cpu | 50.0x | 50.0x to 50.0x | 3 | floor 25.0x | met |')
  expect(text).toContain('| W1 | cpu | tfjs-cpu | 50.0x | 50.0x to 50.0x | 3 | aim 60.0x | MISSED |')
  expect(text).toContain('| torch | absent: there is no python | all |')
  expect(text).toContain('| cpu | 40.0 kB | 26.9 kB |  | aim <= 27 kB | met |')
  expect(text).toContain('| wasm, shipped | 24.0 kB | 9.9 kB | 7.2 kB | aim <= 12 kB | met |')
  expect(text).toContain(
    '| a compiled call of 10 tensors, without its kernels | 1.30 us | 1.20 us | aim <= 1.50 us | met |',
  )
  expect(text).toContain('| something else | 2.00 us | 2.00 us |  |  |')
  // 16 MB of 28 MB that tfjs-cpu adds to Node's 44.
  expect(text).toContain('| cpu | 70.0 ms ± 4% | 60.0 MB | 16.0 MB | 35% | 57% | time met, memory MISSED |')
})

test('the text for the terminal says the same, and ends with the errors', () => {
  const lines = textOf(results).trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(/^ERROR W5-1024 cpu computes something else/)
  expect(lines.some((line) => /^W1 +11\.0 us ± 5% +550 us ± 5%$/.test(line))).toBe(true)
})

test('JSON holds samples, summaries and problems', () => {
  const parsed = JSON.parse(jsonOf(results)) as { workloads: unknown[]; problems: string[] }
  expect(parsed.workloads[0]).toMatchObject({
    workload: { id: 'W1' },
    outcomes: { cpu: { samples: [10e-6, 11e-6, 12e-6], seconds: { median: 11e-6 } } },
  })
  expect(parsed.problems).toHaveLength(1)
})

describe('tables', () => {
  const table = { title: 'T', head: ['a', 'bb'], rows: [['x|y', '1']], note: 'N' }

  test('markdown escapes bars', () => {
    expect(markdownTable(table)).toBe('## T\n\n| a | bb |\n| --- | --- |\n| x\\|y | 1 |\n\nN')
  })

  test('plain columns line up, numbers to the right', () => {
    expect(plainTable(table)).toBe('T\na    bb\n---  --\nx|y   1\nN')
  })
})

test('three digits, whatever the size', () => {
  expect([5.81e-6, 0.0235, 3.834].map(formatSeconds)).toEqual(['5.81 us', '23.5 ms', '3.83 s'])
  expect([0.769, 4.523, 312.4, 1234].map(formatRatio)).toEqual(['0.769x', '4.52x', '312x', '1234x'])
  expect(digits(0)).toBe('0.00')
  expect(formatPercent(0.346)).toBe('35%')
})

describe('progress', () => {
  const collect = (isTTY: boolean) => {
    const written: string[] = []
    const progress = progressOn({ isTTY, columns: 10, write: (text: string) => written.push(text) })
    progress.now('a long line of text')
    progress.done('done')
    return written
  }

  test('on a terminal one line is overwritten, and never wraps', () => {
    expect(collect(true)).toEqual(['\r\u001b[Ka long li', '\r\u001b[Kdone\n'])
  })

  test('elsewhere only what is done is written', () => {
    expect(collect(false)).toEqual(['done\n'])
  })
})
