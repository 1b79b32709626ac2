import { expect, test } from 'vitest'
import { advice, better, judgeGuard } from '../src/guard/judge.js'
import type { Outcome } from '../src/harness/measure.js'

const guard = { workload: 'W1', subject: 'wasm', floor: 'wasm-floor', atMost: 4 }
const measured = (...samples: number[]): Outcome => ({ status: 'measured', samples, runsPerRound: 1 })
const judge = (own: Outcome | undefined, floor: Outcome) =>
  judgeGuard(guard, new Map([['wasm-floor', floor], ...(own === undefined ? [] : [['wasm', own] as const])]))

test('the best rounds are compared: slow ones say nothing', () => {
  expect(judge(measured(9, 3, 50), measured(1, 30))).toMatchObject({ ok: true, ratio: 3 })
  expect(judge(measured(9, 5, 50), measured(1, 30))).toMatchObject({ ok: false, ratio: 5 })
})

test('what computes something else, fails or does not start does not hold, and the reason is said', () => {
  const wrong = judge({ status: 'disagrees', reason: 'value 0 is 7' }, measured(1))
  expect(wrong).toMatchObject({ ok: false, text: 'W1: wasm disagrees: value 0 is 7' })
  expect(judge(undefined, measured(1)).text).toBe('W1: wasm did not start')
})

test('of two attempts the better one counts', () => {
  const [slow, quick] = [judge(measured(9), measured(1)), judge(measured(2), measured(1))]
  expect(better(slow, quick)).toBe(quick)
  expect(better(quick, slow)).toBe(quick)
  expect(better(judge(undefined, measured(1)), slow)).toBe(slow)
})

test('a failure says what to run, nothing else says anything', () => {
  expect(advice([judge(measured(3), measured(1))])).toBe('')
  expect(advice([judge(measured(9), measured(1))])).toContain('bench --only W1 --subjects wasm,wasm-floor')
})
