import { randomSearch, uniformBetween } from '@neurite/search'
import { expect, test } from 'vitest'
import { cluster } from '../src/index.js'
import { timeless } from './support/engine-suite.js'
import { Fleet, randomOf, sleep } from './support/fleet.js'
import { objectives } from './support/objectives.js'
import { freshDatabase } from './support/services.js'
import { provided } from './support/provided.js'

// What the package promises when machines fail: nothing lost, nothing twice.

const the = provided()

const space = { x: uniformBetween(0, 1), wait: [150] as readonly number[] }
const LEASE = 1000

/** Who hands out the work, how many trials there are, and how many workers are killed and frozen beyond their lease meanwhile. */
const storms = [
  { queue: 'PostgreSQL', trials: 1000, kills: 60, freezes: 30 },
  { queue: 'Redis', trials: 200, kills: 12, freezes: 6 },
]

test.each(storms)(
  'BullMQ on $queue: $trials trials on 4 workers, which are killed $kills times and frozen $freezes times',
  { timeout: 900_000 },
  async ({ queue, trials, kills, freezes }) => {
    const { services: database, rows } = await freshDatabase(the.postgres)
    const services = { ...database, ...(queue === 'Redis' && { redis: the.redis.url }) }
    const fleet = new Fleet(the.programs.path('worker'), 4, () => ({ ...services, lease: LEASE, attempts: 100 }))
    await fleet.ready()
    const engine = cluster({ ...services, quiet: 5 * LEASE })
    const options = { trials, seed: 11 }
    const told: number[] = []
    const searching = randomSearch(space, 'hash', { ...options, engine, onTrial: ({ id }) => void told.push(id) })

    const random = randomOf(7)
    const faults = [...Array<string>(kills).fill('kill'), ...Array<string>(freezes).fill('freeze')]
      .map((fault) => ({ fault, order: random() }))
      .sort((a, b) => a.order - b.order)
    const frozen = new Map<number, Promise<void>>()
    for (const [i, { fault }] of faults.entries()) {
      // As the search gets on, so that there is work to disturb; and those who are frozen shall wake up.
      while (told.length < (i / faults.length) * 0.95 * trials || frozen.size > 2) await sleep(10)
      const awake = [0, 1, 2, 3].filter((index) => !frozen.has(index))
      const index = awake[Math.floor(random() * awake.length)]!
      const worker = await fleet.at(index)
      await sleep(100 + 200 * random())
      if (fault === 'kill') worker.signal('SIGKILL')
      else {
        worker.signal('SIGSTOP')
        const thaw = (): void => {
          worker.signal('SIGCONT')
          frozen.delete(index)
        }
        frozen.set(index, sleep((4 + 2 * random()) * LEASE).then(thaw))
      }
    }
    const found = await searching
    await Promise.all(frozen.values())
    await sleep(LEASE)
    await Promise.all([fleet.close(), engine.close()])

    // The same points in this process, without the waiting.
    const calm = await randomSearch(space, ({ x }, context) => objectives.hash({ x, wait: 0 }, context), options)
    expect(timeless(found)).toEqual(timeless(calm))
    expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: trials }, (_, i) => i))
    const [counts] = await rows<Record<string, number>>(
      `select count(*)::int as trials, (select count(*)::int from neurite.result) as results,
         (count(*) filter (where state <> 'done'))::int as open, sum(fence)::int as starts, sum(refused)::int as refused from neurite.trial`,
    )
    process.stdout.write(`${queue}: ${JSON.stringify({ ...counts, lost: fleet.count('lost') })}\n`)
    expect(counts).toMatchObject({ trials, results: trials, open: 0 })
    expect(counts!['starts']!).toBeGreaterThan(trials)
    // Those who woke up were told that their trial is another's: before they wrote, or when they did. On PostgreSQL, BullMQ hands a
    // stalled job out after all that wait, so that who wakes up in the middle finds it still his.
    if (queue === 'Redis') expect(counts!['refused']! + fleet.count('lost')).toBeGreaterThan(0)
  },
)
