import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { run } from '../src/run.js'
import { endWithReader, type Terminal } from '../src/terminal.js'

/** A terminal that remembers. */
function recorder(options: Partial<Terminal> = {}): Terminal & { readonly out: string[]; readonly errors: string[] } {
  const out: string[] = []
  const errors: string[] = []
  return {
    out,
    errors,
    write: (text) => out.push(text),
    error: (text) => errors.push(text),
    width: 80,
    live: false,
    color: false,
    ...options,
  }
}

const never = new AbortController().signal

test('the main job: at least 0.97 of the test images are read, the same on every run', async () => {
  const runs = [recorder(), recorder()]
  for (const terminal of runs) expect(await run([], terminal, never)).toBe(0)
  const [first, second] = runs.map(({ out }) => /^test accuracy: (0\.\d{3})$/m.exec(out.join(''))?.[1])
  expect(Number(first)).toBeGreaterThanOrEqual(0.97)
  expect(second).toBe(first)
})

test('nothing is wider than 80 columns', async () => {
  const terminal = recorder()
  await run(['--epochs', '3'], terminal, never)
  const text = terminal.out.join('')
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(text).toContain('loss by epoch')
  expect(text).toContain('accuracy by epoch')
  expect(text).toContain('true \\ predicted')
  expect(text.match(/^─ training\n━ validation$/gm)).toHaveLength(2)
})

test('--seed changes the numbers', async () => {
  const accuracies = await Promise.all(
    ['0', '1'].map(async (seed) => {
      const terminal = recorder()
      await run(['--epochs', '2', '--seed', seed], terminal, never)
      return terminal.out.join('').replace(/[\d.]+ s\n|seed \d/g, '')
    }),
  )
  expect(accuracies[0]).not.toBe(accuracies[1])
})

test('--help tells every option and ends with 0', async () => {
  const terminal = recorder()
  expect(await run(['--help'], terminal, never)).toBe(0)
  for (const option of ['--backend', '--epochs', '--seed', '--help']) expect(terminal.out.join('')).toContain(option)
})

test('pnpm start -- --help is pnpm start --help', async () => {
  const [with_, without] = [recorder(), recorder()]
  expect(await run(['--', '--help'], with_, never)).toBe(0)
  await run(['--help'], without, never)
  expect(with_.out).toEqual(without.out)
})

test('a reader that goes away ends the program quietly; what else fails does not', () => {
  const stream = new EventEmitter()
  let ended = 0
  endWithReader(stream, () => ended++)
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(ended).toBe(1)
  expect(() => stream.emit('error', Object.assign(new Error('disk full'), { code: 'ENOSPC' }))).toThrow('disk full')
})

test.each([
  [['--epochs', '0'], 'whole number from 1'],
  [['--epochs', '1e3'], 'whole number from 1'],
  [['--seed', '-1'], 'whole number from 0'],
  [['--backend', 'gpu'], 'there are: cpu'],
  [['--backend', 'constructor'], 'there are: cpu'],
  [['--epoch', '3'], 'unknown option'],
  [['extra'], 'too many arguments'],
])('%j is refused in words and with 2', async (args, message) => {
  const terminal = recorder()
  expect(await run(args, terminal, never)).toBe(2)
  expect(terminal.errors.join('')).toContain(message)
  expect(terminal.out).toEqual([])
})

test('an interrupt ends training after the step it is in, and what was learned is reported', async () => {
  const interrupt = new AbortController()
  const terminal = recorder()
  const write = (text: string): void => {
    terminal.write(text)
    if (text.startsWith('epoch')) interrupt.abort()
  }
  expect(await run(['--epochs', '100'], { ...terminal, write }, interrupt.signal)).toBe(130)
  expect(terminal.out.join('')).toMatch(/test accuracy: \d\.\d{3}\ninterrupted after 10 of 100 epochs\n$/)
})

test('an interrupt before the first step says so', async () => {
  const terminal = recorder()
  expect(await run([], terminal, AbortSignal.abort())).toBe(130)
  expect(terminal.errors.join('')).toContain('ABORTED')
})
