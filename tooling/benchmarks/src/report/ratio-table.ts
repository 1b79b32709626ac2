import { ratios, type Summary } from '../statistics.js'
import { digits, formatRatio } from './format.js'
import type { Results } from './results.js'
import type { Table } from './table.js'

/** How many times as fast as each peer ours is, at each workload. Ours on the engines of others are compared only in the table of aims. */
export function ratioTable({ columns, workloads }: Results): Table {
  const ours = columns.filter(({ name, role, present }) => role === 'ours' && present && !name.includes(':'))
  const measured = workloads.flatMap(({ outcomes }) => [...outcomes].filter(([, { status }]) => status === 'measured'))
  const there = new Set(measured.map(([name]) => name))
  const peers = columns.filter(({ name, role }) => role === 'peer' && there.has(name))
  return {
    title: 'Times as fast',
    head: ['workload', 'subject', ...peers.map(({ name }) => name)],
    rows:
      peers.length === 0
        ? []
        : ours.flatMap((subject) =>
            workloads.flatMap(({ workload, outcomes }) => {
              const own = outcomes.get(subject.name)
              if (own?.status !== 'measured') return []
              const cells = peers.map(({ name }) => {
                const peer = outcomes.get(name)
                return peer?.status === 'measured' ? cell(ratios(own.samples, peer.samples)) : (peer?.status ?? '-')
              })
              return [[workload.id, subject.name, ...cells]]
            }),
          ),
    note: "The peer's time divided by the subject's, round by round: the median, and the middle half.",
  }
}

function cell({ count, quartile1, median, quartile3 }: Summary): string {
  return count === 1
    ? `${formatRatio(median)} [1]`
    : `${formatRatio(median)} (${digits(quartile1)} to ${digits(quartile3)})`
}
