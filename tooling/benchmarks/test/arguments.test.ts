import { describe, expect, test } from 'vitest'
import { parseArguments } from '../src/arguments.js'

function options(...argv: string[]) {
  const parsed = parseArguments(argv)
  if ('text' in parsed) throw new Error(parsed.text)
  return parsed.options
}

function refusal(...argv: string[]): string {
  const parsed = parseArguments(argv)
  if ('options' in parsed || parsed.exitCode !== 2) throw new Error(`accepted ${argv.join(' ')}`)
  return parsed.text
}

describe('--only', () => {
  test('without it, everything but the curves', () => {
    expect(options().only).toEqual([
      ...['W1', 'W1-many', 'W2', 'W3', 'W3b', 'W4', 'W5-256', 'W5-1024', 'W6', 'W7', 'W8-digits', 'W8-tiny'],
      ...['bundle', 'cold-start', 'overhead'],
    ])
  })

  test('a number means all of its workloads, in the order of the table', () => {
    expect(options('--only', 'W5,W1').only).toEqual(['W1', 'W1-many', 'W5-256', 'W5-1024'])
    expect(options('--only', 'scaling').only).toEqual(['scaling'])
    expect(options('--only', 'W3').only).toEqual(['W3', 'W3b'])
    expect(options('--only', 'W8').only).toEqual(['W8-digits', 'W8-tiny'])
  })

  test('a whole id means that one', () => {
    expect(options('--only', 'W3b, bundle').only).toEqual(['W3b', 'bundle'])
  })

  test.each(['W9', 'W', 'w1', '', 'W1,,W2', 'W5-2'])('refuses %j', (list) => {
    expect(refusal('--only', list)).toMatch(/There is no .*; there are W1, W1-many, W2/)
  })
})

describe('the rest', () => {
  test('has defaults', () => {
    const { subjects, rounds, quick, json, markdown, svg } = options()
    expect(subjects).toEqual(expect.arrayContaining(['cpu', 'tfjs-cpu', 'tfjs-wasm', 'convnetjs', 'torch']))
    expect({ rounds, quick, json, markdown, svg }).toEqual({
      rounds: undefined,
      quick: false,
      json: undefined,
      markdown: undefined,
      svg: undefined,
    })
  })

  test('is taken', () => {
    const argv = [
      '--subjects',
      'tfjs-cpu,cpu',
      '--rounds',
      '5',
      '--quick',
      '--json',
      'a.json',
      '--markdown',
      'a.md',
      '--svg',
      'docs',
    ]
    expect(options(...argv)).toMatchObject({
      subjects: ['cpu', 'tfjs-cpu'],
      rounds: 5,
      quick: true,
      json: 'a.json',
      markdown: 'a.md',
      svg: 'docs',
    })
  })

  test('pnpm may pass its -- on', () => {
    expect(options('--', '--quick').quick).toBe(true)
  })

  test.each([
    [['--subjects', 'keras'], "There is no 'keras'"],
    [['--rounds', '0'], 'whole number'],
    [['--rounds', '2.5'], 'whole number'],
    [['--rounds', 'many'], 'whole number'],
    [['--json'], 'argument missing'],
    [['--fast'], "unknown option '--fast'"],
    [['W1'], 'too many arguments'],
  ])('refuses %j with exit code 2', (argv, message) => {
    const text = refusal(...argv)
    expect(text).toContain(message)
    expect(text).toContain('pnpm bench --help')
  })

  test('--help exits with 0 and names every flag', () => {
    const parsed = parseArguments(['--help'])
    expect(parsed).toMatchObject({ exitCode: 0 })
    for (const flag of ['--only', '--subjects', '--rounds', '--quick', '--json', '--markdown', '--svg']) {
      expect('text' in parsed && parsed.text).toContain(flag)
    }
  })
})
