import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { AIMS } from './aims.js'
import type { Options } from './arguments.js'
import { compare } from './compare.js'
import { bundleSizes } from './extras/bundle.js'
import { coldStarts } from './extras/cold-start.js'
import { overheads } from './extras/overhead.js'
import { BEST, FULL, QUICK, type Budget } from './harness/budget.js'
import { commandOf } from './harness/build.js'
import { connect } from './harness/client.js'
import { measure, type Contestant, type Outcome } from './harness/measure.js'
import { formatSeconds } from './report/format.js'
import type { Progress } from './report/progress.js'
import type { Column, Results } from './report/results.js'
import { CURVES, DRAWN } from './scaling/curves.js'
import type { MeasuredCurve } from './scaling/measured-curve.js'
import { summarize } from './statistics.js'
import { asksFor, SUBJECTS, type Subject } from './subjects/index.js'
import { WORKLOADS } from './workloads/index.js'
import { encodeProblem } from './workloads/problem-file.js'
import { problemOf } from './workloads/problem.js'
import type { Workload } from './workloads/workload.js'

/** Measures what the options ask for, with programs built into `folder`. */
export async function run(options: Options, folder: string, progress: Progress): Promise<Results> {
  const load = loadavg()[0]!
  const standard = options.quick ? QUICK : FULL
  const budget = { ...standard, rounds: options.rounds ?? standard.rounds }
  const wants = (name: string): boolean => options.only.includes(name)
  const curves = wants('scaling') ? CURVES : []
  const sharp = { ...BEST, rounds: options.rounds ?? (options.quick ? 10 : BEST.rounds) }
  const workloads = WORKLOADS.filter(({ id }) => options.only.includes(id))
  const subjects = SUBJECTS.filter(({ name }) => options.subjects.includes(name))

  const columns: Column[] = []
  const contestants: (Contestant & { readonly subject: Subject })[] = []
  const measured: { workload: Workload; outcomes: ReadonlyMap<string, Outcome> }[] = []
  const scaled: MeasuredCurve[] = []
  try {
    const needed = ({ name }: Subject): boolean => workloads.length > 0 || (curves.length > 0 && DRAWN.includes(name))
    for (const subject of subjects.filter(needed)) {
      progress.now(`${subject.name}: start`)
      const { column, contestant } = await begin(subject, folder)
      columns.push(column)
      if (contestant !== undefined) contestants.push({ ...contestant, subject, silent: subject.role === 'limit' })
      progress.done(`${subject.name}: ${column.present ? column.about : `absent: ${column.about}`}`)
    }
    const compete = async (
      workload: Workload,
      asked: readonly Contestant[],
      within: Budget,
    ): Promise<ReadonlyMap<string, Outcome>> => {
      const problem = join(folder, `${workload.id}.bin`)
      writeFileSync(problem, encodeProblem(problemOf(workload)))
      const outcomes = await measure(workload, problem, asked, within, (text) => progress.now(text))
      progress.done(`${workload.id} ${workload.title}: ${[...outcomes].map(inShort).join(', ')}`)
      return outcomes
    }
    for (const workload of workloads) {
      const asked = contestants.filter(({ subject }) => asksFor(subject, workload))
      measured.push({ workload, outcomes: await compete(workload, asked, budget) })
    }
    for (const curve of curves) {
      const drawn = contestants.filter(({ name }) => curve.subjects.includes(name))
      const outcomes: ReadonlyMap<string, Outcome>[] = []
      for (const { workload } of curve.points) outcomes.push(await compete(workload, drawn, sharp))
      scaled.push({ curve, outcomes })
    }
  } finally {
    await Promise.all(contestants.map(({ client }) => client.stop()))
  }

  if (wants('bundle')) progress.now('bundle')
  const bundles = wants('bundle') ? await bundleSizes(options.subjects) : []
  const starts = wants('cold-start')
    ? await coldStarts(options.subjects, folder, budget.rounds, (text) => progress.now(text))
    : []
  if (wants('overhead')) progress.now('overhead')
  const around = wants('overhead') ? await overheads(folder, 4 * budget.rounds) : []
  progress.now('')
  return {
    environment: environment(load, budget.rounds, options.quick),
    columns:
      columns.length > 0
        ? columns
        : subjects.map(({ name, role }) => ({ name, role, about: 'not started', present: true })),
    workloads: measured,
    comparisons: compare(AIMS, new Map(measured.map(({ workload, outcomes }) => [workload.id, outcomes]))),
    bundles,
    coldStarts: starts,
    overheads: around,
    curves: scaled,
  }
}

/** Builds and starts a subject, and asks who it is. */
async function begin(subject: Subject, folder: string): Promise<{ column: Column; contestant?: Contestant }> {
  const { name, role } = subject
  const missing = (about: string) => ({ column: { name, role, about, present: false } })
  let client
  try {
    client = connect(await commandOf(subject, folder))
  } catch (error) {
    return missing(error instanceof Error ? error.message : String(error))
  }
  const reply = await client.ask({ op: 'describe' })
  if ('version' in reply)
    return { column: { name, role, about: reply.version, present: true }, contestant: { name, client } }
  await client.stop()
  return missing('absent' in reply ? reply.absent : 'error' in reply ? reply.error : JSON.stringify(reply))
}

function inShort([name, outcome]: readonly [string, Outcome]): string {
  if (outcome.status === 'measured') return `${name} ${formatSeconds(summarize(outcome.samples).median)}`
  return outcome.status === 'disagrees' ? `${name} DISAGREES (${outcome.reason})` : `${name} ${outcome.status}`
}

function environment(load: number, rounds: number, quick: boolean): Results['environment'] {
  const all = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: all[0]?.model.trim() ?? 'unknown cpu',
    cores: all.length,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    load,
    rounds,
    quick,
  }
}
