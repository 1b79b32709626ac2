import type { Comparison } from '../compare.js'
import type { BundleSize } from '../extras/bundle.js'
import type { ColdStart } from '../extras/cold-start.js'
import type { Overhead } from '../extras/overhead.js'
import type { Outcome } from '../harness/measure.js'
import type { MeasuredCurve } from '../scaling/measured-curve.js'
import type { Subject } from '../subjects/index.js'
import type { Workload } from '../workloads/workload.js'

/** Where the numbers come from. */
export interface Environment {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly platform: string
  /** The machine's load average over the last minute, before the run: above a fraction of the cores, someone else is at work. */
  readonly load: number
  /** Samples of each pair at most, and whether it was a quick run. */
  readonly rounds: number
  readonly quick: boolean
}

/** A column of the table. */
export interface Column {
  readonly name: string
  readonly role: Subject['role']
  /** The version, or why there is none. */
  readonly about: string
  readonly present: boolean
}

/** All that a run found out. This is what `--json` writes. */
export interface Results {
  readonly environment: Environment
  readonly columns: readonly Column[]
  readonly workloads: readonly {
    readonly workload: Workload
    readonly outcomes: ReadonlyMap<string, Outcome>
  }[]
  readonly comparisons: readonly Comparison[]
  readonly bundles: readonly BundleSize[]
  readonly coldStarts: readonly ColdStart[]
  readonly overheads: readonly Overhead[]
  readonly curves: readonly MeasuredCurve[]
}

/** What makes the run a failure: results that differ, subjects of ours that fail, floors that do not hold. */
export function problemsOf({ columns, workloads, comparisons, curves }: Results): string[] {
  const ours = new Set(columns.filter(({ role }) => role === 'ours').map(({ name }) => name))
  const points = curves.flatMap(({ curve, outcomes }) =>
    outcomes.map((each, i) => ({ workload: curve.points[i]!.workload, outcomes: each })),
  )
  const broken = [...workloads, ...points].flatMap(({ workload, outcomes }) =>
    [...outcomes].flatMap(([name, outcome]) => {
      if (outcome.status === 'disagrees') return [`${workload.id} ${name} computes something else: ${outcome.reason}`]
      return outcome.status === 'failed' && ours.has(name) ? [`${workload.id} ${name} failed: ${outcome.reason}`] : []
    }),
  )
  const floors = comparisons
    .filter(({ kind, verdict }) => kind === 'floor' && verdict === 'missed')
    .map(({ workload, subject, peer, atLeast, ratio }) => {
      return `${workload} ${subject} is ${ratio.median.toFixed(1)}x ${peer}, below its floor of ${atLeast}x`
    })
  const absent = columns.filter(({ role, present }) => role === 'ours' && !present)
  return [...absent.map(({ name, about }) => `${name} does not start: ${about}`), ...broken, ...floors]
}
