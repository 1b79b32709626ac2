import type { Outcome } from '../harness/measure.js'
import { summarize } from '../statistics.js'
import { markdownTable, plainTable, type Table } from './table.js'
import { problemsOf, type Environment, type Results } from './results.js'
import { tablesOf } from './tables.js'

/** Above this load per core before the run, others are at work and times are not to be trusted. */
const BUSY = 0.25

/** What stands between these in a document is a run's. */
const [BEGIN, END] = ['<!-- measured -->', '<!-- /measured -->']

/**
 * What `--markdown` writes: a document of its own, or, into one that has a place for it, what is between `<!-- measured -->` and `<!-- /measured -->`.
 *
 * @param before - what is in the file already
 */
export function markdownFor(before: string, results: Results): string {
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)]
  if (begin < 0 || end < begin) return markdownOf(results)
  const inside = markdownOf(results).replace(/^# .*\n\n/, '')
  return `${before.slice(0, begin + BEGIN.length)}\n\n${inside}\n${before.slice(end)}`
}

/** The tables as a document. */
export function markdownOf(results: Results): string {
  const problems = problemsOf(results)
  const parts = [
    '# Benchmarks',
    describe(results.environment),
    ...(problems.length === 0 ? [] : [`**Problems**\n\n${problems.map((problem) => `- ${problem}`).join('\n')}`]),
    ...tablesOf(results).map(markdownTable),
  ]
  return `${parts.join('\n\n')}\n`
}

/** What is printed at the end. A terminal of ordinary width cannot hold the table of times across: there it is turned. */
export function textOf(results: Results): string {
  const problems = problemsOf(results).map((problem) => `ERROR ${problem}`)
  const tables = tablesOf(results).map((table) => plainTable(table.head.includes('what it is') ? table : narrow(table)))
  return `${[describe(results.environment), ...tables, ...problems].join('\n\n')}\n`
}

/** Titles of workloads go; their ids stay. */
function narrow(table: Table): Table {
  if (table.head[0] !== 'workload') return table
  return { ...table, rows: table.rows.map(([first = '', ...rest]) => [first.split(' ')[0]!, ...rest]) }
}

/** What `--json` writes: everything, with each summary beside its samples. */
export function jsonOf(results: Results): string {
  const { workloads, curves, ...rest } = results
  const plain = {
    ...rest,
    workloads: workloads.map(({ workload, outcomes }) => ({ workload, outcomes: withSummaries(outcomes) })),
    curves: curves.map(({ curve, outcomes }) => ({ curve, outcomes: outcomes.map(withSummaries) })),
    problems: problemsOf(results),
  }
  return `${JSON.stringify(plain, null, 2)}\n`
}

function withSummaries(outcomes: ReadonlyMap<string, Outcome>): object {
  return Object.fromEntries(
    [...outcomes].map(([name, outcome]) => [
      name,
      outcome.status === 'measured' ? { ...outcome, seconds: summarize(outcome.samples) } : outcome,
    ]),
  )
}

function describe({ date, cpu, cores, node, platform, load, rounds, quick }: Environment): string {
  const busy = load > BUSY * cores ? `; the machine was busy (load ${load.toFixed(1)}), so expect wide spreads` : ''
  return `${date}, ${cpu}, ${cores} cores, Node ${node}, ${platform}; ${rounds} rounds${quick ? ', quick' : ''}${busy}.`
}
