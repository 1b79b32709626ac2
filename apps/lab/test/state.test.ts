import { expect, test } from 'vitest'
import { choice, flag, numbers, real, text, whole } from '../src/state/fields.js'
import { labState } from '../src/state/lab-state.js'

const make = () =>
  labState({
    n: whole(1, 40, 6),
    rate: real(0, 10, 0.1),
    phi: choice(['tanh', 'relu'], 'tanh'),
    bias: flag(true),
    points: numbers(-1, 1, 3, [0]),
    formula: text(20, (given) => /^[\w+*()]*$/.test(given), ''),
  })

test('a link holds what differs, and gives it back', () => {
  const state = make()
  expect(state.write().toString()).toBe('')
  state.at.n.value = 12
  state.at.phi.value = 'relu'
  state.at.bias.value = false
  state.at.points.value = [0.5, -1]
  const link = state.write().toString()
  expect(link).toBe('n=12&phi=relu&bias=0&points=0.5%2C-1&v=1')
  const other = make()
  other.read(new URLSearchParams(link))
  expect(other.write().toString()).toBe(link)
  other.reset()
  expect(other.write().toString()).toBe('')
})

test.each([
  'n=41&v=1',
  'n=0&v=1',
  'n=1.5&v=1',
  'n=1e1&v=1&n=2',
  'n=0x10&v=1',
  'n=&v=1',
  'n=99999999999&v=1',
  'rate=Infinity&v=1',
  'rate=NaN&v=1',
  'rate=-1&v=1',
  'phi=__proto__&v=1',
  'phi=constructor&v=1',
  'bias=true&v=1',
  'points=0,0,0,0&v=1',
  'points=2&v=1',
  `points=${'0,'.repeat(10_000)}&v=1`,
  'points=0,,0&v=1',
  'formula=<script>&v=1',
  `formula=${'x'.repeat(21)}&v=1`,
  '__proto__=1&v=1',
  'n=12',
  'n=12&v=2',
])('what a link says wrongly is as at first: %s', (link) => {
  const state = make()
  state.read(new URLSearchParams(link))
  // The first of two is taken, and 1e1 is ten.
  expect(state.write().toString()).toBe(link.startsWith('n=1e1') ? 'n=10&v=1' : '')
})
