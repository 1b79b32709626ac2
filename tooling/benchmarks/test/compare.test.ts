import { describe, expect, test } from 'vitest'
import { AIMS, GUARDS } from '../src/aims.js'
import { compare, judge } from '../src/compare.js'
import type { Outcome } from '../src/harness/measure.js'
import { problemsOf, type Results } from '../src/report/results.js'
import { summarize } from '../src/statistics.js'
import { SUBJECTS } from '../src/subjects/index.js'
import { WORKLOADS } from '../src/workloads/index.js'

describe('judge', () => {
  test('met or missed only where the middle half lies on one side', () => {
    expect(judge(summarize([5, 6, 7]), 5)).toBe('met')
    expect(judge(summarize([3, 4, 4.9]), 5)).toBe('missed')
    expect(judge(summarize([3, 5, 9]), 5)).toBe('unclear')
  })

  test('a wild round alone decides nothing', () => {
    expect(judge(summarize([1, 6, 6, 6, 6, 6, 6]), 5)).toBe('met')
  })

  test('too few rounds decide only by a factor of two', () => {
    expect(judge(summarize([9]), 5)).toBe('unclear')
    expect(judge(summarize([10]), 5)).toBe('met')
    expect(judge(summarize([2]), 5)).toBe('missed')
  })
})

describe('compare', () => {
  const measured = (...samples: number[]) => ({ status: 'measured' as const, samples, runsPerRound: 1 })
  const aims = [{ subject: 'cpu', workload: 'W1', peer: 'torch', atLeast: 2, kind: 'floor' as const }]

  test('the ratio is the time of the peer by ours', () => {
    const outcomes = new Map([
      [
        'W1',
        new Map([
          ['cpu', measured(1, 1, 1)],
          ['torch', measured(3, 3, 3)],
        ]),
      ],
    ])
    expect(compare(aims, outcomes)).toMatchObject([{ ratio: { median: 3 }, verdict: 'met' }])
  })

  test('says nothing of what was not measured', () => {
    expect(compare(aims, new Map([['W1', new Map([['cpu', measured(1)]])]]))).toEqual([])
    const absent = { status: 'absent' as const, reason: '' }
    const outcomes = new Map<string, Outcome>([
      ['cpu', measured(1)],
      ['torch', absent],
    ])
    expect(compare(aims, new Map([['W1', outcomes]]))).toEqual([])
  })

  test('a missed floor is a problem, a missed aim is not', () => {
    const outcomes = new Map([
      [
        'W1',
        new Map([
          ['cpu', measured(1, 1, 1)],
          ['torch', measured(1, 1, 1)],
        ]),
      ],
    ])
    const both = [...aims, { ...aims[0]!, kind: 'aim' as const }]
    const results: Results = {
      environment: { date: '', cpu: '', cores: 2, node: '', platform: '', load: 0, rounds: 3, quick: false },
      columns: [],
      workloads: [],
      comparisons: compare(both, outcomes),
      bundles: [],
      coldStarts: [],
      overheads: [],
      curves: [],
    }
    expect(results.comparisons.map(({ verdict }) => verdict)).toEqual(['missed', 'missed'])
    expect(problemsOf(results)).toEqual(['W1 cpu is 1.0x torch, below its floor of 2x'])
  })
})

test('every aim and every guard names a workload that is measured, and someone who is asked for it', () => {
  const beside = GUARDS.map(({ workload, floor }) => ({ workload, peer: floor }))
  for (const { workload, peer } of [...AIMS, ...beside]) {
    expect(WORKLOADS.map(({ id }) => id)).toContain(workload)
    const subject = SUBJECTS.find(({ name }) => name === peer)
    expect(subject, peer).toBeDefined()
    expect(subject!.only ?? [workload], `${peer} ${workload}`).toContain(workload)
  }
})

test('the two floors of the cpu backend are there', () => {
  const floors = AIMS.filter(({ kind }) => kind === 'floor')
  expect(floors).toEqual([
    { subject: 'cpu', workload: 'W1', peer: 'tfjs-cpu', atLeast: 25, kind: 'floor' },
    { subject: 'cpu', workload: 'W5-1024', peer: 'tfjs-cpu', atLeast: 4, kind: 'floor' },
  ])
})
