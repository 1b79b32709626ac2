import { BUNDLE_AIMS, COLD_START_AIM, COLD_START_MORE, OVERHEAD_AIMS } from '../aims.js'
import { judge } from '../compare.js'
import type { ColdStart } from '../extras/cold-start.js'
import type { Outcome } from '../harness/measure.js'
import { ratios, spread, summarize } from '../statistics.js'
import { costOf } from '../workloads/cost.js'
import type { Workload } from '../workloads/workload.js'
import { digits, formatPercent, formatRatio, formatSeconds } from './format.js'
import { ratioTable } from './ratio-table.js'
import type { Results } from './results.js'
import { rooflineTable } from './roofline-table.js'
import { scalingTables } from './scaling-tables.js'
import type { Table } from './table.js'

/** The tables of a run; those with nothing in them are left out. */
export function tablesOf(results: Results): Table[] {
  return [
    timeTable(results),
    subjectTable(results),
    ratioTable(results),
    rooflineTable(results),
    aimTable(results),
    bundleTable(results),
    coldStartTable(results),
    overheadTable(results),
    ...scalingTables(results.curves),
  ].filter(({ rows }) => rows.length > 0)
}

function timeTable({ columns, workloads }: Results): Table {
  const shown = columns.filter(({ present, role }) => present && role !== 'limit')
  return {
    title: 'Time of one run',
    head: ['workload', ...shown.map(({ name }) => name)],
    rows: workloads.map(({ workload, outcomes }) => [
      `${workload.id} ${workload.title}`,
      ...shown.map(({ name }) => cell(workload, outcomes.get(name))),
    ]),
    note: 'Median of the rounds, ± half the distance between the quartiles; [1] marks a single sample, - what is not asked for.',
  }
}

function cell(workload: Workload, outcome: Outcome | undefined): string {
  if (outcome === undefined) return '-'
  if (outcome.status !== 'measured') return outcome.status
  const summary = summarize(outcome.samples)
  const rate = workload.kind === 'matmul' ? ` (${digits(costOf(workload).flops / summary.median / 1e9)} GFLOP/s)` : ''
  return `${formatSeconds(summary.median)} ${summary.count === 1 ? '[1]' : `± ${formatPercent(spread(summary) / 2)}`}${rate}`
}

/** Who was measured, and why a cell says `absent` or worse. */
function subjectTable({ columns, workloads }: Results): Table {
  const reasons = (name: string): string[] => {
    const byReason = new Map<string, string[]>()
    for (const { workload, outcomes } of workloads) {
      const outcome = outcomes.get(name)
      if (outcome === undefined || outcome.status === 'measured') continue
      const text = `${outcome.status}: ${outcome.reason}`
      byReason.set(text, [...(byReason.get(text) ?? []), workload.id])
    }
    return [...byReason].map(([text, ids]) => `${ids.join(', ')} ${text}`)
  }
  return {
    title: 'Subjects',
    head: ['subject', 'what it is', 'not measured'],
    rows: (workloads.length === 0 ? [] : columns).map(({ name, about, present }) => [
      name,
      present ? about : `absent: ${about}`,
      present ? reasons(name).join('; ') || '-' : 'all',
    ]),
  }
}

const VERDICTS = { met: 'met', missed: 'MISSED', unclear: 'unclear' } as const

function aimTable({ comparisons }: Results): Table {
  return {
    title: 'Ratios and aims',
    head: ['workload', 'subject', 'beside', 'times as fast', 'middle half', 'rounds', 'wanted', ''],
    rows: comparisons.map(({ workload, subject, peer, ratio, atLeast, kind, verdict }) => [
      workload,
      subject,
      peer,
      formatRatio(ratio.median),
      `${formatRatio(ratio.quartile1)} to ${formatRatio(ratio.quartile3)}`,
      String(ratio.count),
      `${kind} ${formatRatio(atLeast)}`,
      VERDICTS[verdict],
    ]),
    note: "The peer's time divided by the subject's, round by round. Unclear: the middle half of these ratios lies on both sides of what is wanted, or too few rounds.",
  }
}

function bundleTable({ bundles }: Results): Table {
  return {
    title: 'Bundle: a program that trains W1',
    head: ['subject', 'minified', 'minified + gzip', 'fetches, gzip', 'wanted', ''],
    rows: bundles.map(({ subject, minified, gzipped, fetched }) => {
      const limit = BUNDLE_AIMS[subject]
      const verdict = limit === undefined ? '' : gzipped <= limit * 1000 ? VERDICTS.met : VERDICTS.missed
      return [
        subject,
        kilobytes(minified),
        kilobytes(gzipped),
        fetched === 0 ? '' : kilobytes(fetched),
        limit === undefined ? '' : `aim <= ${limit} kB`,
        verdict,
      ]
    }),
    note: 'What is wanted is the weight of the JavaScript. What is compiled ahead of time is fetched beside it: the step, its module, and the first params.',
  }
}

function coldStartTable({ coldStarts, columns }: Results): Table {
  const find = (name: string): ColdStart | undefined => coldStarts.find(({ subject }) => subject === name)
  const [node, peer] = [find('node'), find('tfjs-cpu')]
  const ours = new Set(columns.filter(({ role }) => role === 'ours').map(({ name }) => name))
  return {
    title: 'Cold start: import, build and 100 steps of W1 in a fresh Node process',
    head: [
      'subject',
      'seconds',
      'peak memory',
      'above an empty program',
      'time of tfjs-cpu',
      'added memory of tfjs-cpu',
      '',
    ],
    rows: coldStarts.map(({ subject, seconds, peakMemory }) => {
      const time = summarize(seconds)
      const added = memoryOf({ peakMemory }) - memoryOf(node)
      const row = [
        subject,
        `${formatSeconds(time.median)} ± ${formatPercent(spread(time) / 2)}`,
        megabytes(memoryOf({ peakMemory })),
        subject === 'node' ? '-' : megabytes(added),
      ]
      if (!ours.has(subject) || peer === undefined) return [...row, '', '', '']
      const faster = ratios(seconds, peer.seconds)
      const addedByPeer = memoryOf(peer) - memoryOf(node)
      const small = added <= COLD_START_AIM * addedByPeer ? 'met' : 'missed'
      const verdicts = [
        `time ${VERDICTS[judge(faster, 1 / COLD_START_AIM)]}`,
        `memory ${VERDICTS[small]}`,
        ...lateness(subject, seconds, find),
      ]
      return [...row, formatPercent(1 / faster.median), formatPercent(added / addedByPeer), verdicts.join(', ')]
    }),
    note: `Wanted: at most ${formatPercent(COLD_START_AIM)} of tfjs-cpu's time, and of the memory it adds to an empty Node program. Seconds are those of the whole process.`,
  }
}

/** Against another one of ours: how many seconds more, in the same rounds. */
function lateness(
  subject: string,
  seconds: readonly number[],
  find: (name: string) => ColdStart | undefined,
): string[] {
  const aim = COLD_START_MORE[subject]
  const other = aim && find(aim.than)
  if (aim === undefined || other === undefined) return []
  const { median } = summarize(seconds.map((value, round) => value - other.seconds[round]!))
  const verdict = median <= aim.seconds ? 'met' : 'missed'
  return [`${formatSeconds(median)} more than ${aim.than}, wanted ${formatSeconds(aim.seconds)}: ${VERDICTS[verdict]}`]
}

function overheadTable({ overheads }: Results): Table {
  return {
    title: 'What stands around the kernels',
    head: ['what', 'median', 'least', 'wanted', ''],
    rows: overheads.map(({ name, seconds }) => {
      const { median } = summarize(seconds)
      const aim = OVERHEAD_AIMS[name]
      const base = overheads.find((other) => other.name === aim?.times)
      // Round by round: what else runs on the machine slows both.
      const value = base === undefined ? median : 1 / ratios(seconds, base.seconds).median
      const told = base === undefined ? '' : ` (${formatRatio(value)} ${base.name})`
      const limit = aim && (base === undefined ? formatSeconds(aim.atMost) : formatRatio(aim.atMost))
      return [
        name,
        `${formatSeconds(median)}${told}`,
        formatSeconds(Math.min(...seconds)),
        limit === undefined ? '' : `aim <= ${limit}`,
        aim === undefined ? '' : value <= aim.atMost ? VERDICTS.met : VERDICTS.missed,
      ]
    }),
  }
}

const memoryOf = (start: Pick<ColdStart, 'peakMemory'> | undefined): number =>
  start === undefined ? 0 : summarize(start.peakMemory).median
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
