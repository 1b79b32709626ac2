import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { gridSearch } from '@neurite/search'
import { chartSvg } from '@tooling/benchmarks/chart'
import { cluster, type ConnectionOptions } from '../src/index.js'
import { buildPrograms } from './support/build.js'
import { startPostgres } from './support/postgres.js'
import { startProcess } from './support/processes.js'
import { startRedis } from './support/redis.js'
import { freshDatabase } from './support/services.js'

// What a trial costs beside its own work, against the number of workers: `pnpm --filter @neurite/cluster scale [--svg FILE]`.
// Trials do nothing, so that what is measured is the cluster; everything runs on this one machine.

const TRIALS = 400
const COUNTS = [1, 2, 4, 8]
const QUEUES = ['PostgreSQL', 'Redis']

interface Measured {
  readonly queue: string
  readonly workers: number
  /** Trials in a second. */
  readonly rate: number
  /** Its line in the table. */
  readonly row: string
}

/** What the database did: transactions, bytes of its log, and connections. */
interface Load {
  readonly commits: number
  readonly wal: number
  readonly connections: number
}

const LOAD = `select (select xact_commit from pg_stat_database where datname = current_database())::float8 as commits,
  pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal,
  (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())::int as connections`

/** An idle connection tells the server's tables within ten seconds what it did. */
const counted = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 11_000))

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const [postgres, redis, programs] = await Promise.all([startPostgres(), startRedis(), buildPrograms()])

async function measure(workers: number, queue: string): Promise<Measured> {
  const { services: database, rows } = await freshDatabase(postgres)
  const services: ConnectionOptions = { ...database, ...(queue === 'Redis' && { redis: redis.url }) }
  const fleet = Array.from({ length: workers }, () => startProcess(programs.path('worker'), { ...services }))
  await Promise.all(fleet.map(({ ready }) => ready))
  const engine = cluster(services)
  const search = async (from: number, trials: number): Promise<number> => {
    const begun = performance.now()
    const x: readonly number[] = Array.from({ length: trials }, (_, i) => from + i)
    await gridSearch({ x }, 'hash', { engine })
    return (performance.now() - begun) / 1000
  }
  await search(0, 40)
  await counted()
  const [before] = await rows<Load>(LOAD)
  const seconds = await search(1000, TRIALS)
  await counted()
  const [after] = await rows<Load>(LOAD)
  const single: number[] = []
  for (let i = 0; i < 15; i++) single.push(await search(2000 + i, 1))
  single.sort((a, b) => a - b)
  fleet.forEach(({ signal }) => signal('SIGTERM'))
  await Promise.all([...fleet.map(({ ended }) => ended), engine.close()])
  const perTrial = (name: 'commits' | 'wal'): number => (after![name] - before![name]) / TRIALS
  const cells = [
    queue,
    workers,
    (TRIALS / seconds).toFixed(0),
    ((1000 * workers * seconds) / TRIALS).toFixed(1),
    (1000 * single[7]!).toFixed(0),
    perTrial('commits').toFixed(1),
    (perTrial('wal') / 1024).toFixed(1),
    (after!.connections / (workers + 1)).toFixed(1),
  ]
  return { queue, workers, rate: TRIALS / seconds, row: `| ${cells.join(' | ')} |` }
}

const { svg } = parseArgs({ options: { svg: { type: 'string' } } }).values
print(
  '| queue | workers | trials/s | ms of a worker per trial | ms of a search of one trial | transactions per trial | KiB of log per trial | connections per process |',
)
print('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
const measured: Measured[] = []
try {
  for (const queue of QUEUES) {
    for (const workers of COUNTS) {
      measured.push(await measure(workers, queue))
      print(measured.at(-1)!.row)
    }
  }
} finally {
  await Promise.all([postgres.close(), redis.close()])
  programs.remove()
}
if (svg !== undefined) {
  const series = QUEUES.map((name, style) => ({
    name,
    style,
    points: measured.filter(({ queue }) => queue === name).map(({ workers, rate }) => ({ x: workers, y: rate })),
  }))
  const title = 'Trials that do nothing, a second'
  writeFileSync(
    svg,
    chartSvg({ title, xLabel: 'workers', yLabel: 'trials/s', series, formatY: (rate) => rate.toFixed(0) }),
  )
}
