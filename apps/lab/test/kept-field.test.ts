import { expect, test } from 'vitest'
import { keptField } from '../src/parts/kept-field.js'
import type { KeptRun, Letter } from '../src/parts/kept-runs.js'

const run = (letter: Letter, points = 200, more: Partial<KeptRun> = {}): KeptRun => ({
  letter,
  group: 'classes',
  settings: { data: '나선', rate: '0.03', network: '4 2 tanh' },
  figures: ['1,200', '0.0312'],
  lines: {
    loss: Array.from({ length: points }, (_, k) => [k, 1 / (k + 1)] as const),
    test: Array.from({ length: points }, (_, k) => [k, 2 / (k + 1)] as const),
  },
  ...more,
})
const field = keptField()
const encode = (given: unknown): string => Buffer.from(JSON.stringify(given)).toString('base64url')

test('runs come back from a link: words and figures as they were, curves with fewer points and both ends', () => {
  const runs = [run('B'), run('A', 3)]
  const text = field.format(runs)
  expect(text).toMatch(/^[\w-]+$/)
  expect(text.length).toBeLessThanOrEqual(3000)
  const back = field.parse(text)!
  expect(back.map(({ letter, group, settings, figures }) => ({ letter, group, settings, figures }))).toEqual(
    runs.map(({ letter, group, settings, figures }) => ({ letter, group, settings, figures })),
  )
  const { loss } = back[0]!.lines
  expect(loss!.length).toBeGreaterThanOrEqual(8)
  expect([loss![0], loss!.at(-1)]).toEqual([
    [0, 1],
    [199, 0.005],
  ])
  expect(back[1]!.lines).toEqual({
    loss: [
      [0, 1],
      [1, 0.5],
      [2, 0.3333],
    ],
    test: [
      [0, 2],
      [1, 1],
      [2, 0.6667],
    ],
  })
  // And what came from a link goes into one.
  expect(field.format(back)).toBe(text)
})

test("what is too long, or is nobody's business, does not go with the link", () => {
  const long = run('A', 2, { group: 'x'.repeat(4000) })
  expect(field.format([long])).toBe('')
  const own = keptField(({ group }) => group !== 'own')
  expect(own.format([run('A', 2, { group: 'own' })])).toBe('')
  expect(own.parse(own.format([run('A', 2, { group: 'own' }), run('B', 2)]))!.map(({ letter }) => letter)).toEqual([
    'B',
  ])
})

const good = ['A', 'g', { rate: '1' }, ['2'], { loss: [0, 1] }] as const
test.each<[string, unknown]>([
  ['no list', { letter: 'A' }],
  ['four runs', [good, ['B', ...good.slice(1)], ['C', ...good.slice(1)], good]],
  ['a letter twice', [good, good]],
  ['another letter', [['Z', ...good.slice(1)]]],
  ['an unknown setting', [['A', 'g', { constructor: '1' }, [], {}]]],
  ['a setting that is no text', [['A', 'g', { rate: 1 }, [], {}]]],
  ['a long figure', [['A', 'g', {}, ['9'.repeat(25)], {}]]],
  ['too many figures', [['A', 'g', {}, ['1', '1', '1', '1', '1'], {}]]],
  ['half a point', [['A', 'g', {}, [], { loss: [1] }]]],
  ['what is no number', [['A', 'g', {}, [], { loss: [1, 'x'] }]]],
  ['too many points', [['A', 'g', {}, [], { loss: Array(66).fill(1) }]]],
  ['a curve of another name', [['A', 'g', {}, [], { 'a b': [1, 2] }]]],
  ['too many curves', [['A', 'g', {}, [], { a: [], b: [], c: [], d: [], e: [] }]]],
  ['a missing part', [['A', 'g', {}, []]]],
])('a link with %s has no runs', (_, given) => {
  expect(field.parse(encode([good]))).toHaveLength(1)
  expect(field.parse(encode(given))).toBeUndefined()
})

test.each(['', '%', 'AAAA', '____', 'x'.repeat(3001), encode('[')])('neither has %s', (text) => {
  expect(field.parse(text)).toBeUndefined()
})

test('a name that objects have of their own is a name like any other: refused', () => {
  const text = Buffer.from('[["A","g",{},[],{"__proto__":[1,2]}]]').toString('base64url')
  expect(field.parse(text)).toBeUndefined()
})
