import type { Command } from 'commander'
import { studies, type ClusterStudies } from '../studies.js'
import type { StudyReport, StudySummary } from '../store/study-reports.js'
import { duration, numberText, plain, pointText, table } from './format.js'
import type { Io } from './io.js'
import { whole } from './numbers.js'
import { reached, withDatabase, withRedis, type ServiceFlags } from './services.js'

interface ListFlags extends ServiceFlags {
  readonly limit: number
  readonly json?: true
}

export function addStudies(program: Command, io: Io): void {
  const command = program
    .command('studies')
    .summary('list studies, show, cancel or resume one')
    .description('Lists studies, shows one, cancels it, or lets it go on.')

  const list = command
    .command('list', { isDefault: true })
    .description('Lists them, the newest first.')
    .option('--limit <n>', 'how many', whole, 20)
    .option('--json', 'as JSON')
  withDatabase(list).action(async ({ limit, json, ...flags }: ListFlags) =>
    using(flags, async (all) => {
      const found = await all.list({ limit })
      io.out(json === true ? `${JSON.stringify(found)}\n` : listText(found))
    }),
  )

  const show = command
    .command('show <id>')
    .description('Shows its leaderboard, the trials under way, and those that failed.')
    .option('--limit <n>', 'rows of each', whole, 10)
    .option('--json', 'as JSON')
  withDatabase(show).action(async (id: string, { limit, json, ...flags }: ListFlags) =>
    using(flags, async (all) => {
      const report = await all.show(id, { limit })
      io.out(json === true ? `${JSON.stringify(report)}\n` : reportText(report))
    }),
  )

  const cancel = command.command('cancel <id>').description('Starts no more trials of it, and ends those under way.')
  withDatabase(cancel).action(async (id: string, flags: ServiceFlags) =>
    using(flags, async (all) => {
      await all.cancel(id)
      io.out(`Study ${id} is cancelled.\n`)
    }),
  )

  const resume = command
    .command('resume <id>')
    .description('Lets it go on, and tells the queue of its trials again.')
    .option('--parked', 'try trials again that were parked, too')
  withRedis(resume)
    .option('--queue <name>', 'moves it there; without, it goes on in its own')
    .action(async (id: string, { parked = false, ...flags }: ServiceFlags & { readonly parked?: boolean }) =>
      using(flags, async (all) => {
        await all.resume(id, { parked })
        io.out(`Study ${id} goes on.\n`)
      }),
    )
}

async function using(flags: ServiceFlags, work: (all: ClusterStudies) => Promise<void>): Promise<void> {
  const { services } = await reached('studies', flags)
  await using all = studies(services)
  await work(all)
}

const COUNTS = ['done', 'failed', 'parked', 'running', 'waiting'] as const

/** What is nothing in all of them has no column: a terminal may have 80. */
export function listText(found: readonly StudySummary[]): string {
  if (found.length === 0) return 'There are no studies.\n'
  const rows = found.map(({ id, name, objective, queue, state, trials, best, refused }) => ({
    id,
    name: plain(name ?? ''),
    objective: plain(objective),
    queue: plain(queue),
    state,
    ...trials,
    best: best === null ? '' : numberText(best.value),
    refused,
  }))
  const all = ['id', 'name', 'objective', 'queue', 'state', ...COUNTS, 'best', 'refused'] as const
  const head = all.filter((column) => rows.some((row) => row[column] !== '' && row[column] !== 0))
  return table(
    head,
    rows.map((row) => head.map((column) => row[column])),
  )
}

export function reportText(report: StudyReport): string {
  const { id, name, objective, search, mode, seed, queue, state, createdAt, trials, refused } = report
  const title = `Study ${id}${name === null ? '' : ` '${plain(name)}'`}: ${plain(search)} of ${plain(objective)} for the ${mode === 'min' ? 'least' : 'greatest'} value, seed ${seed}`
  const counts = COUNTS.map((count) => `${trials[count]} ${count}`).join(', ')
  const parts = [
    `${title}\n${state} in the queue ${plain(queue)}, made ${createdAt.toISOString()}\n${counts}; ${refused} late writes refused\n`,
  ]
  if (report.leaderboard.length > 0) parts.push(leaderboardText(report))
  if (report.running.length > 0) parts.push(`Running\n${runningText(report)}`)
  if (report.failures.length > 0) parts.push(`Failed and parked\n${failuresText(report)}`)
  return parts.join('\n')
}

function leaderboardText({ leaderboard }: StudyReport): string {
  const rounds = leaderboard.some(({ resource }) => resource !== null)
  return table(
    [...(rounds ? ['round', 'resource'] : []), 'trial', 'value', 'took', 'worker', 'point'],
    leaderboard.map(({ round, resource, id, value, seconds, worker, point }) => [
      ...(rounds ? [round, resource ?? ''] : []),
      id,
      value,
      duration(seconds),
      plain(worker),
      pointText(point),
    ]),
  )
}

function runningText({ running }: StudyReport): string {
  return table(
    ['round', 'trial', 'start', 'worker', 'heard', 'point'],
    running.map(({ round, id, attempts, worker, quiet, point }) => [
      round,
      id,
      attempts,
      plain(worker),
      `${duration(quiet)} ago`,
      pointText(point),
    ]),
  )
}

function failuresText({ failures }: StudyReport): string {
  const parts = failures.map(({ round, id, state, worker, point, log }) => {
    const lines = log.split(/\r?\n/).map((line) => `    ${plain(line)}\n`)
    return `  trial ${id} of round ${round}, ${state} on ${plain(worker)}: ${pointText(point)}\n${lines.join('')}`
  })
  return parts.join('')
}
