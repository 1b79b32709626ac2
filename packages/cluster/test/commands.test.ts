import { afterEach, expect, test, vi } from 'vitest'
import { duration, firstLine, numberText, plain, pointText, table } from '../src/commands/format.js'
import { discreet, type Io } from '../src/commands/io.js'
import { Progress } from '../src/commands/progress.js'
import { runCommand } from '../src/commands/program.js'
import { spaceOf } from '../src/commands/space.js'
import { listText, reportText } from '../src/commands/studies.js'
import { lineOf } from '../src/commands/worker.js'
import { report } from './support/reports.js'

function testIo(live = false) {
  const written = { out: '', err: '', code: 0 }
  const io: Io = {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    live,
    onSignal: () => () => undefined,
    endWith: (code) => void (written.code = code),
    exit: (code) => void (written.code = code),
  }
  return { io, written }
}

afterEach(() => vi.unstubAllEnvs())

async function run(...args: string[]) {
  const { io, written } = testIo()
  await runCommand(args, io)
  return written
}

test.each([
  '',
  'migrate',
  'worker',
  'search',
  'studies',
  'studies list',
  'studies show',
  'studies cancel',
  'studies resume',
  'board',
])('help of %j fits 80 columns and names what there is', async (command) => {
  const { out, code } = await run(...command.split(' ').filter(Boolean), '--help')
  expect(code).toBe(0)
  expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
  expect(out).toContain(`Usage: neurite-cluster ${command}`)
  if (command !== '' && command !== 'studies') expect(out).toContain('NEURITE_DATABASE_URL')
})

test('what is mistyped is told in one line', async () => {
  expect(await run('worker')).toMatchObject({
    code: 1,
    err: "error: required option '--objectives <module>' not specified\n",
  })
  const told = await run('search', 'digits', '--space', 's.json', '--kind', 'bayes')
  expect(told.err).toMatch(/^error: option '--kind <kind>' argument 'bayes' is invalid/)
  for (const value of ['1.5', 'x', '', '1e400']) {
    const { err, code } = await run('worker', '--objectives', 'o.js', '--concurrency', value)
    expect([err, code]).toEqual([expect.stringContaining('It must be a whole number.'), 1])
  }
  expect(await run('studies', '--connection', 'mysql://u:hidden-word@h/d')).toEqual({
    out: '',
    err: expect.stringMatching(
      /^error: studies: connection must be a URL that begins with postgres:.*\[INVALID_ARGUMENT\]\n$/,
    ),
    code: 1,
  })
})

test('a wrong address fails at once, by code, and the password is in nothing that is written', async () => {
  const commands = [['studies'], ['migrate'], ['board'], ['worker', '--objectives', 'o.js']]
  for (const password of ['hidden-word', 'p%40ss%3Aword']) {
    const address = `postgres://neurite:${password}@127.0.0.1:1/neurite`
    for (const args of commands) {
      const { out, err, code } = await run(...args, '--connection', address)
      expect(code).toBe(1)
      expect(err).toMatch(
        /^error: .*the database does not answer, or refuses: connect ECONNREFUSED.*\[UNREACHABLE\]\n$/,
      )
      for (const secret of [password, decodeURIComponent(password)]) expect(out + err).not.toContain(secret)
    }
  }
  const { err } = await run('studies', '--connection', 'postgres://neurite:hidden-word@nowhere.invalid/neurite')
  expect(err).toMatch(/^error: .*getaddrinfo E\w+.*\[UNREACHABLE\]\n$/)
  expect(err).not.toContain('hidden-word')
})

test('a store of blobs that is none is told in one line, and the keys of S3 are in nothing that is written', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hidden-key')
  vi.stubEnv('AWS_SESSION_TOKEN', '')
  const worker = ['worker', '--objectives', 'o.js', '--connection', 'postgres://127.0.0.1:1/neurite', '--blobs']
  for (const place of ['gs://b/p', 's3://Upper', 's3://id:hidden-word@b']) {
    const { err, code } = await run(...worker, place)
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: .*(blobs|bucket) must be.*\[INVALID_ARGUMENT\]\n$/)])
    expect(err).not.toContain('hidden')
  }
  const { io, written } = testIo()
  discreet(io, [], ['hidden-key']).err('the key hidden-key\n')
  expect(written.err).toBe('the key ***\n')
})

test('passwords are hidden in whatever is written', () => {
  const { io, written } = testIo()
  const addresses = [
    'postgres://me:a%2Fb%2Fc@h/d',
    '--redis=redis://:other-one@h',
    'postgres://h/d?user=me&password=third-one',
    undefined,
  ]
  const quiet = discreet(io, addresses)
  quiet.out('a%2Fb%2Fc and a/b/c; other-one\n')
  quiet.err('third-one; https://somebody:unknown-one@elsewhere/x; postgres://me@h/d\n')
  expect(written.out).toBe('*** and ***; ***\n')
  expect(written.err).toBe('***; https://somebody:***@elsewhere/x; postgres://me@h/d\n')
})

test('a space is read, or refused by the name in it', () => {
  const space = spaceOf(
    's.json',
    '{ "units": [8, 16], "rate": { "logUniform": [1e-4, 1] }, "n": { "integer": [1, 3] }, "d": { "uniform": [0, 2] } }',
  )
  expect(space['units']).toEqual([8, 16])
  const drawn = ['rate', 'n', 'd'].map((name) => {
    const dimension = space[name]!
    return 'draw' in dimension ? [dimension.kind, numberText(Number(dimension.draw(0.5)))] : dimension
  })
  expect(drawn).toEqual([
    ['logarithmic', '0.01'],
    ['integer', '2'],
    ['number', '1'],
  ])
  const refused: [text: string, message: RegExp][] = [
    ['{', /s\.json is no JSON/],
    ['[]', /s\.json must hold an object/],
    ['{}', /s\.json must hold an object/],
    ['{ "a": 3 }', /s\.json: a must be a list of choices, or/],
    ['{ "a": { "uniform": [0] } }', /s\.json: a must be/],
    ['{ "a": { "uniform": [0, 1], "integer": [0, 1] } }', /s\.json: a must be/],
    ['{ "a": { "constructor": [0, 1] } }', /s\.json: a must be/],
    ['{ "a": { "uniform": ["0", 1] } }', /s\.json: a must be/],
    ['{ "a": { "uniform": [1, 0] } }', /uniformBetween: needs finite numbers/],
  ]
  for (const [text, message] of refused) {
    expect(() => spaceOf('s.json', text), text).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => spaceOf('s.json', text), text).toThrow(message)
  }
})

test('what others wrote does not steer the terminal', () => {
  expect(plain('a\u001b[31mred\nb\u202e\u0007')).toBe('a\\u001b[31mred\\nb\\u202e\\u0007')
  expect(plain('학습률 é 👍🏽')).toBe('학습률 é 👍🏽')
  expect(firstLine('one\r\ntwo')).toBe('one')
  expect(pointText({ rate: 0.123456789, name: 'a\u001bb', list: [1, 2] })).toBe(
    'rate=0.123457 name=a\\u001bb list=[1,2]',
  )
  const at = new Date(0)
  expect(lineOf({ kind: 'failed', trial: '1-0-2', message: 'Error: \u001b[2J\nat x' }, at)).toBe(
    '1970-01-01T00:00:00.000Z failed 1-0-2 Error: \\u001b[2J\n',
  )
  expect(lineOf({ kind: 'error', error: new Error('gone') }, at)).toBe('1970-01-01T00:00:00.000Z error gone\n')
})

test('numbers, times and tables', () => {
  expect([1 / 3, 1e-9, 12345678, -0.5].map(numberText)).toEqual(['0.333333', '1e-9', '12345700', '-0.5'])
  expect([0.256, 11.6, 119, 180, 7199, 7200, 200_000].map(duration)).toEqual([
    '0.26 s',
    '12 s',
    '119 s',
    '3 min',
    '120 min',
    '2 h',
    '2 d',
  ])
  const text = table(
    ['trial', 'name'],
    [
      [3, 'one'],
      [12, '하나 more'],
    ],
  )
  expect(text).toBe('trial  name\n    3  one\n   12  하나 more\n')
})

test('the progress of a search: a line for each best, and at the end; one line on a terminal', () => {
  const tell = (live: boolean) => {
    const { io, written } = testIo(live)
    const progress = new Progress(io, 'max')
    const trial = { id: 0, seconds: 0, point: { x: 1 } }
    progress.tell({ ...trial, value: 1 })
    progress.tell({ ...trial, value: 0.5 })
    progress.tell({ ...trial, value: null, error: 'NaN' })
    // A new round begins anew, and a late trial of the last one is not its best.
    progress.tell({ ...trial, value: 0.25, resource: 3 })
    progress.tell({ ...trial, value: 9, resource: 1 })
    progress.end()
    return written.err
  }
  expect(tell(false)).toBe(
    '1 done; best 1 at x=1\n3 done, 1 failed; best 0.25 at x=1\n4 done, 1 failed; best 0.25 at x=1\n',
  )
  expect(tell(true).split('\r\u001b[K')).toEqual([
    '',
    '1 done; best 1 at x=1',
    '2 done; best 1 at x=1',
    '2 done, 1 failed; best 1 at x=1',
    '3 done, 1 failed; best 0.25 at x=1',
    '4 done, 1 failed; best 0.25 at x=1',
    '4 done, 1 failed; best 0.25 at x=1\n',
  ])
})

test('studies as text', () => {
  expect(listText([])).toBe('There are no studies.\n')
  expect(listText([report]).split('\n').slice(0, 2)).toEqual([
    'id  name                                   objective  queue         state    done  failed  parked  running  waiting  best  refused',
    '7   first\\u001b <script>alert(1)</script>  digits     gpu\\u001b<b>  running     2       1       1        1        3  0.25        4',
  ])
  // What is nothing takes no room.
  const usual = { ...report, name: null, objective: 'mnist-digits', queue: 'trials', refused: 0 }
  const waits = { ...usual, trials: { done: 120, failed: 0, parked: 0, running: 12, waiting: 1000 } }
  const over = { ...waits, id: '12', state: 'done', best: { ...report.best!, value: -0.123456 } } as const
  expect(listText([over, waits])).toBe(
    'id  objective     queue   state    done  running  waiting  best\n' +
      '12  mnist-digits  trials  done      120       12     1000  -0.123456\n' +
      '7   mnist-digits  trials  running   120       12     1000  0.25\n',
  )
  const failed = { ...waits, queue: 'gpu-large', trials: { ...waits.trials, failed: 3 } }
  const widths = [waits, over, failed].map((study) =>
    Math.max(
      ...listText([study])
        .split('\n')
        .map((l) => l.length),
    ),
  )
  expect(Math.max(...widths)).toBeLessThanOrEqual(80)
  const text = reportText(report)
  expect(text).toContain(
    'randomSearch of digits for the least value, seed 5\nrunning in the queue gpu\\u001b<b>, made 2026-01-02T03:04:05.000Z\n2 done, 1 failed, 1 parked, 1 running, 3 waiting; 4 late writes refused\n',
  )
  expect(text).toMatch(/trial +value +took +worker +point\n +4 +0\.25 +12 s +one +units=8\n +9 +0\.5 /)
  expect(text).toContain(
    'round  trial  start  worker  heard      point\n    0      6      2  two     3.2 s ago  units=32\n',
  )
  expect(text).toContain(
    '  trial 5 of round 0, parked on one: units=64\n    Error: </pre><script>alert(2)</script>\n        at \\u001b[31mhere\n',
  )
  // Only lines end lines: nothing else is left that steers.
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})
