import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { studies, type StudySummary } from '../src/index.js'
import { buildPrograms } from './support/build.js'
import { startPostgres, type Postgres } from './support/postgres.js'
import { startRedis, type Redis } from './support/redis.js'
import { freshDatabase } from './support/services.js'

let postgres: Postgres
let redis: Redis
let programs: Awaited<ReturnType<typeof buildPrograms>>
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neurite-commands-'))
  ;[postgres, redis, programs] = await Promise.all([startPostgres(), startRedis(), buildPrograms()])
})
afterAll(async () => {
  await Promise.all([postgres.close(), redis.close()])
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** What a test that failed has left. */
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** The command in a process of its own, as a shell starts it. */
function start(env: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(process.execPath, [programs.path('command'), ...args], {
    env: { PATH: process.env['PATH'], ...env },
  })
  children.add(child)
  child.once('close', () => children.delete(child))
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  )
  const said = async (text: string): Promise<void> => {
    while (!`${out}${err}`.includes(text)) {
      if (child.exitCode !== null) throw new Error(`it ended without '${text}': ${out}${err}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { ended, said, told: () => out, signal: (name: NodeJS.Signals) => void child.kill(name) }
}

const run = async (env: Readonly<Record<string, string>>, ...args: string[]) => start(env, ...args).ended

function spaceFile(name: string, space: object): string {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, JSON.stringify(space))
  return path
}

test('from an empty database to a leaderboard, as a role that owns nothing', async () => {
  const owner = await postgres.database()
  const env = { NEURITE_DATABASE_URL: owner }
  const before = await run(env, 'studies')
  expect([before.code, before.err]).toEqual([1, expect.stringContaining('run npx neurite-cluster migrate once')])
  const { rows } = await freshDatabase(postgres)
  await rows("create role searcher login password 'hidden-word'")
  expect(await run(env, 'migrate', '--grant', 'searcher')).toEqual({
    code: 0,
    out: 'The tables have version 1 now.\nsearcher may do what workers and searches do.\n',
    err: '',
  })
  expect((await run(env, 'migrate')).out).toBe('The tables are up to date.\n')

  const mine = { NEURITE_DATABASE_URL: owner.replace('neurite@', 'searcher:hidden-word@') }
  const worker = start(mine, 'worker', '--objectives', programs.path('objectives'), '--name', 'one')
  await worker.said('ready one')
  const space = spaceFile('line', { x: { uniform: [0, 1] } })
  const searched = await run(mine, 'search', 'hash', '--space', space, '--trials', '8', '--seed', '3', '--top', '2')
  expect(searched.code).toBe(0)
  expect(searched.err).toMatch(/^8 done; best -\d/m)
  expect(searched.out.split('\n')).toHaveLength(4)

  // The same search is the same study; what it found is JSON, too.
  const again = await run(mine, 'search', 'hash', '--space', space, '--trials', '8', '--seed', '3', '--json')
  const { best } = JSON.parse(again.out) as { best: { id: number; value: number } }
  const listed = JSON.parse((await run(mine, 'studies', 'list', '--json')).out) as StudySummary[]
  expect(listed).toMatchObject([{ objective: 'hash', state: 'done', trials: { done: 8 }, best, refused: 0 }])
  const shown = await run(mine, 'studies', 'show', listed[0]!.id)
  expect(shown.out).toContain('randomSearch of hash for the least value, seed 3')
  expect(shown.out.split('\n')[5]).toMatch(new RegExp(`^ +${best.id} +-\\d.* one +x=`))

  worker.signal('SIGTERM')
  const { code, out, err } = await worker.ended
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/ ready one\n(.* (started|finished) \d+-0-\d\n){16}.* stopped one\n$/)
  expect((await run(mine, 'migrate', '--grant', 'searcher')).code).toBe(1)
  expect(out + searched.out + searched.err + shown.out).not.toContain('hidden-word')
})

test('a worker that is told to stop gives its trial back with its checkpoint; a second signal ends it at once', async () => {
  const { services } = await freshDatabase(postgres)
  const env = { NEURITE_DATABASE_URL: services.connection }
  const space = spaceFile('slow', { x: [0.1], wait: [100] })
  const objectives = ['--objectives', programs.path('objectives')]
  const search = start(env, 'search', 'counts', '--space', space, '--kind', 'grid')
  const first = start(env, 'worker', ...objectives, '--name', 'first')
  await first.said('started')
  await new Promise((resolve) => setTimeout(resolve, 500))
  first.signal('SIGTERM')
  const { code, out } = await first.ended
  expect([code, out]).toEqual([0, expect.stringMatching(/started 1-0-0\n.* stopped 1-0-0\n.* stopped first\n$/)])
  const second = start(env, 'worker', ...objectives)
  const { out: found } = await search.ended
  // 20 steps in all, in two starts.
  expect(found).toMatch(/\n +0 +2020 /)
  second.signal('SIGINT')
  expect((await second.ended).code).toBe(0)

  // One that hears nothing is given its grace, or a second signal.
  const busy = spaceFile('busy', { x: [0.1], wait: [60_000] })
  const waiting = start(env, 'search', 'busy', '--space', busy, '--kind', 'grid')
  const third = start(env, 'worker', ...objectives)
  await third.said('started')
  third.signal('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 300))
  third.signal('SIGTERM')
  expect((await third.ended).code).toBe(1)
  waiting.signal('SIGINT')
  const left = await waiting.ended
  expect([left.code, left.err]).toEqual([130, expect.stringContaining("The workers go on: 'neurite-cluster studies'")])
})

test.each(['PostgreSQL', 'Redis'])('cancel, resume and resume --parked; the queue on %s', async (engine) => {
  const { services } = await freshDatabase(postgres)
  const env = {
    NEURITE_DATABASE_URL: services.connection,
    ...(engine === 'Redis' ? { NEURITE_REDIS_URL: redis.url } : {}),
  }
  const space = spaceFile('broken', { x: [0.25, 0.75] })
  const queue = ['--queue', `q-${engine}`]
  const search = ['search', 'broken', '--space', space, '--kind', 'grid', ...queue]
  const interrupted = start(env, ...search)
  await using all = studies(services)
  while ((await all.list())[0]?.trials.waiting !== 2) await new Promise((resolve) => setTimeout(resolve, 50))
  interrupted.signal('SIGINT')
  await interrupted.ended
  const { id } = (await all.list())[0]!
  expect((await run(env, 'studies', 'cancel', id)).out).toBe(`Study ${id} is cancelled.\n`)

  // Nothing of it is started, and who waits for it is told.
  const worker = start(
    env,
    'worker',
    '--objectives',
    programs.path('objectives'),
    '--attempts',
    '1',
    '--name',
    'one',
    ...queue,
  )
  await worker.said('ready')
  const refused = await run(env, ...search)
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/study \d+ was cancelled.*\[ABORTED\]/)])
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(await all.show(id)).toMatchObject({ state: 'cancelled', trials: { waiting: 2 } })

  // In its own queue, which nobody has to know.
  expect((await run(env, 'studies', 'resume', id)).out).toBe(`Study ${id} goes on.\n`)
  await worker.said(`parked ${id}-0-1`)
  await worker.said(`finished ${id}-0-0`)
  const parked = await run(env, 'studies', 'show', id)
  expect(parked.out).toContain('1 done, 0 failed, 1 parked')
  expect(parked.out).toMatch(
    /trial 1 of round 0, parked on one: x=0\.75\n +parked after 1 attempts: TypeError: cannot read the secret/,
  )

  // Tried again, with a fence of its own; and a result is not run twice.
  await run(env, 'studies', 'resume', id, '--parked')
  while ((await all.show(id)).trials.parked !== 1) await new Promise((resolve) => setTimeout(resolve, 50))
  worker.signal('SIGTERM')
  const { out } = await worker.ended
  expect(out.match(/parked/g)).toHaveLength(2)
  expect(out.match(/finished/g)).toHaveLength(1)
  expect((await run(env, 'studies', 'cancel', '999')).err).toContain("there is no study '999'")
})

test.each(['PostgreSQL', 'Redis'])('a study moves to another queue when somebody says so; on %s', async (engine) => {
  const { services } = await freshDatabase(postgres)
  const env = {
    NEURITE_DATABASE_URL: services.connection,
    ...(engine === 'Redis' ? { NEURITE_REDIS_URL: redis.url } : {}),
  }
  const space = spaceFile('moved', { x: { uniform: [0, 1] } })
  const halving = ['search', 'hash', '--space', space, '--kind', 'halving', '--trials', '9', '--max-resource', '9']
  const worker = (queue: string) =>
    start(env, 'worker', '--objectives', programs.path('objectives'), '--queue', `move-${queue}`)
  const listed = async () => JSON.parse((await run(env, 'studies', 'list', '--json')).out) as StudySummary[]
  const waitingIn = async (queue: string): Promise<StudySummary> => {
    for (;;) {
      const [study] = await listed()
      if (study?.queue === `move-${queue}` && study.trials.waiting > 0) return study
    }
  }
  // Nobody takes from the first queue.
  const waiting = start(env, ...halving, '--queue', 'move-a')
  const { id } = await waitingIn('a')
  // Submitted again, it is in another one; what the first still has of it is not started there.
  const again = start(env, ...halving, '--queue', 'move-b')
  await waitingIn('b')
  const first = worker('a')
  await first.said('ready')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect((await listed())[0]).toMatchObject({ queue: 'move-b', trials: { done: 0, running: 0, waiting: 9 } })
  // Who waits does not take it back: its later rounds are handed out where it is by now.
  expect((await run(env, 'studies', 'resume', id, '--queue', 'move-c')).code).toBe(0)
  const third = worker('c')
  for (const search of [waiting, again]) {
    const { code, out } = await search.ended
    expect([code, out.split('\n').length]).toEqual([0, 12])
  }
  expect((await listed())[0]).toMatchObject({ queue: 'move-c', state: 'done', trials: { done: 13 } })
  first.signal('SIGTERM')
  third.signal('SIGTERM')
  expect((await first.ended).out).not.toContain('started')
  expect((await third.ended).out.match(/ finished /g)).toHaveLength(13)
  expect((await run(env, 'studies', 'show', id)).out).toContain('done in the queue move-c, made ')
})

test('the board shows what is there, and the queue’s own board beside it', async () => {
  const { services } = await freshDatabase(postgres)
  const env = { NEURITE_DATABASE_URL: services.connection }
  const space = spaceFile('halving', { x: { uniform: [0, 1] } })
  const worker = start(env, 'worker', '--objectives', programs.path('objectives'))
  const halving = ['--kind', 'halving', '--trials', '9', '--max-resource', '9', '--name', '<script>']
  await run(env, 'search', 'sometimes', '--space', space, ...halving, '--seed', '1')
  const board = start(env, 'board', '--port', '0')
  await board.said('/\n')
  const url = board.told().trim()
  const pageAt = async (path: string): Promise<string> => (await fetch(url + path)).text()
  const [, id] = /href="\/studies\/(\d+)"/.exec(await pageAt(''))!
  const page = await pageAt(`studies/${id}`)
  expect(page).toContain('&#60;script&#62;, sometimes')
  await using all = studies(services)
  const { trials } = await all.show(id!)
  expect(trials.done + trials.failed).toBe(13)
  expect(page).toContain(`${trials.done} done`)
  expect(page.match(/<circle/g)).toHaveLength(trials.done)
  expect(page.match(/<details/g)).toHaveLength(trials.failed)
  const { queues } = JSON.parse(await pageAt('queue/api/queues')) as { queues: object[] }
  expect(queues).toMatchObject([{ name: 'trials', readOnlyMode: true, counts: { active: 0, waiting: 0 } }])
  worker.signal('SIGTERM')
  await worker.ended
  board.signal('SIGTERM')
  const { code, err } = await board.ended
  expect([code, err]).toEqual([0, ''])
})
