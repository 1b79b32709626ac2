import { describe, expect, test } from 'vitest'
import { roundsFor, runsFor, type Budget } from '../src/harness/budget.js'
import type { Client } from '../src/harness/client.js'
import { measure, type Contestant } from '../src/harness/measure.js'
import type { Reply } from '../src/harness/protocol.js'
import type { Workload } from '../src/workloads/workload.js'

const BUDGET: Budget = { rounds: 4, warmUp: 1, round: 0.5, total: 8, once: 10 }
const WORKLOAD: Workload = { kind: 'softmax', id: 'W7', title: '', shape: [1, 1] }

/** A subject whose runs take a known time, and that writes down when it is asked to run. */
function pretend(
  name: string,
  seconds: number,
  log: string[],
  change: (runs: number) => Reply | undefined = () => undefined,
) {
  let asked = 0
  const client: Client = {
    async ask(request) {
      if (request.op !== 'run') return { done: true }
      log.push(`${name} ${request.count}`)
      return change(++asked) ?? { seconds: seconds * request.count, values: [1] }
    },
    stop: async () => undefined,
  }
  return { name, client } satisfies Contestant
}

const quietly = (): void => undefined

describe('measure', () => {
  test('checks, warms up, then times in turn; another one begins each round', async () => {
    const log: string[] = []
    const outcomes = await measure(WORKLOAD, '', [pretend('a', 0.25, log), pretend('b', 0.5, log)], BUDGET, quietly)
    expect(log.slice(0, 2)).toEqual(['a 1', 'b 1'])
    expect(log.slice(-8)).toEqual(['a 2', 'b 1', 'b 1', 'a 2', 'a 2', 'b 1', 'b 1', 'a 2'])
    expect(outcomes.get('a')).toEqual({ status: 'measured', samples: [0.25, 0.25, 0.25, 0.25], runsPerRound: 2 })
    expect(outcomes.get('b')).toEqual({ status: 'measured', samples: [0.5, 0.5, 0.5, 0.5], runsPerRound: 1 })
  })

  test('one that computes something else is not timed', async () => {
    const log: string[] = []
    const wrong = pretend('wrong', 0.5, log, () => ({ seconds: 1, values: [2] }))
    const outcomes = await measure(
      WORKLOAD,
      '',
      [pretend('a', 0.5, log), pretend('b', 0.5, log), wrong],
      BUDGET,
      quietly,
    )
    expect(outcomes.get('wrong')).toEqual({
      status: 'disagrees',
      reason: 'value 0 after run 1 is 2, where a has 1',
    })
    expect(log.filter((line) => line.startsWith('wrong'))).toHaveLength(1)
    expect(outcomes.get('a')?.status).toBe('measured')
  })

  test('what a library has not is no error, what breaks is', async () => {
    const log: string[] = []
    const none = pretend('none', 1, log, () => ({ absent: 'no such kernel' }))
    const broken = pretend('broken', 0.5, log, (runs) => (runs > 4 ? { error: 'out of memory' } : undefined))
    const outcomes = await measure(WORKLOAD, '', [none, broken, pretend('a', 0.5, log)], BUDGET, quietly)
    expect(outcomes.get('none')).toEqual({ status: 'absent', reason: 'no such kernel' })
    expect(outcomes.get('broken')).toEqual({ status: 'failed', reason: 'out of memory' })
    expect(outcomes.get('a')).toMatchObject({ status: 'measured', samples: [0.5, 0.5, 0.5, 0.5] })
  })

  test('very slow runs are not repeated', async () => {
    const log: string[] = []
    const outcomes = await measure(WORKLOAD, '', [pretend('slow', 11, log), pretend('a', 0.5, log)], BUDGET, quietly)
    expect(log.filter((line) => line.startsWith('slow'))).toEqual(['slow 1'])
    expect(outcomes.get('slow')).toMatchObject({ status: 'measured', samples: [11] })
  })
})

describe('budget', () => {
  test('quick runs fill their round', () => {
    expect(runsFor(BUDGET, 0.001)).toBe(500)
    expect(runsFor(BUDGET, 3)).toBe(1)
    expect(roundsFor(BUDGET, 0.001)).toBe(4)
  })

  test('slow runs get fewer rounds, never fewer than 3', () => {
    expect(roundsFor({ ...BUDGET, rounds: 9 }, 2)).toBe(4)
    expect(roundsFor({ ...BUDGET, rounds: 9 }, 7)).toBe(3)
    expect(roundsFor({ ...BUDGET, rounds: 1 }, 7)).toBe(1)
  })
})
