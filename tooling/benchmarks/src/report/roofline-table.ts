import type { Outcome } from '../harness/measure.js'
import { quantile, ratios } from '../statistics.js'
import { costOf } from '../workloads/cost.js'
import { digits, formatPercent, formatSeconds } from './format.js'
import type { Results } from './results.js'
import type { Table } from './table.js'

/**
 * What this machine needs at least, and how much of that each subject uses (Williams, Waterman & Patterson 2009, "Roofline"). Both limits are
 * timed in the same rounds as the subjects.
 */
export function rooflineTable({ columns, workloads }: Results): Table {
  const shown = columns.filter(({ role, present }) => role !== 'limit' && present)
  const samplesOf = (outcome: Outcome | undefined) => (outcome?.status === 'measured' ? outcome.samples : undefined)
  return {
    title: 'Share of what one core of this machine can do',
    head: ['workload', 'arithmetic', 'at its peak', 'memory', 'copied', 'bound by', ...shown.map(({ name }) => name)],
    rows: workloads.flatMap(({ workload, outcomes }) => {
      const arithmetic = samplesOf(outcomes.get('peak-arithmetic'))
      const copies = samplesOf(outcomes.get('peak-copy'))
      if (arithmetic === undefined || copies === undefined) return []
      const { flops, bytes } = costOf(workload)
      const [atPeak, copied] = [quantile(arithmetic, 0.5), quantile(copies, 0.5)]
      const limit = atPeak >= copied ? arithmetic : copies
      const shares = shown.map(({ name }) => {
        const own = samplesOf(outcomes.get(name))
        return own === undefined ? '-' : formatPercent(ratios(own, limit).median)
      })
      return [
        [
          workload.id,
          `${amount(flops)}flop`,
          `${formatSeconds(atPeak)} (${digits(flops / atPeak / 1e9)} GFLOP/s)`,
          `${amount(bytes)}B`,
          `${formatSeconds(copied)} (${digits(bytes / copied / 1e9)} GB/s)`,
          atPeak >= copied ? 'arithmetic' : 'memory',
          ...shares,
        ],
      ]
    }),
    note: "Arithmetic: the multiplications and additions of products, convolutions and updates, no functions such as tanh; its peak is that of SIMD in registers. Memory: inputs, params and what the optimizer keeps, each read or written once; copied within a buffer as large. The share is the longer of both times by the subject's, in the same rounds.",
  }
}

/** 4.96 k, 3.22 G. */
function amount(value: number): string {
  const [scale, prefix] = value < 1e6 ? [1e3, 'k'] : value < 1e9 ? [1e6, 'M'] : [1e9, 'G']
  return `${digits(value / scale)} ${prefix}`
}
