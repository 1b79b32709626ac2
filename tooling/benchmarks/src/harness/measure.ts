import type { Workload } from '../workloads/workload.js'
import { disagreements, type Trace } from './agree.js'
import { roundsFor, runsFor, type Budget } from './budget.js'
import type { Client } from './client.js'

/** A subject that is being measured. */
export interface Contestant {
  readonly name: string
  readonly client: Client
  /** It computes nothing, so there is nothing to compare. */
  readonly silent?: boolean
}

/** What came of one subject at one workload. */
export type Outcome =
  | {
      readonly status: 'measured'
      /** Seconds of one run, for each round. */
      readonly samples: readonly number[]
      readonly runsPerRound: number
    }
  /** It has no such operation, or failed, or computes something else: it is not timed. */
  | { readonly status: 'absent' | 'failed' | 'disagrees'; readonly reason: string }

interface Runner extends Contestant {
  seconds: number
  rounds: number
  runs: number
  readonly samples: number[]
}

const CHECK_STEPS = 3

/**
 * Measures a workload: checks that all subjects compute the same, warms them up, then times them in turn, round after
 * round, so that a slow moment of the machine falls on all alike.
 *
 * @param problem - path of the file with the starting numbers
 * @param report - is told what happens now
 */
export async function measure(
  workload: Workload,
  problem: string,
  contestants: readonly Contestant[],
  budget: Budget,
  report: (text: string) => void,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const traces = new Map<string, Trace>()
  const ready: Runner[] = []
  for (const contestant of contestants) {
    report(`${workload.id} ${contestant.name}: check`)
    const checked = await check(workload, problem, contestant)
    if ('status' in checked) outcomes.set(contestant.name, checked)
    else {
      if (contestant.silent !== true) traces.set(contestant.name, checked.trace)
      ready.push({ ...contestant, seconds: checked.seconds, rounds: 0, runs: 1, samples: [] })
    }
  }
  for (const [name, reason] of disagreements(traces)) outcomes.set(name, { status: 'disagrees', reason })

  const fail = (name: string, reply: object): void => {
    outcomes.set(name, { status: 'failed', reason: 'error' in reply ? String(reply.error) : JSON.stringify(reply) })
  }
  const running = (): Runner[] => ready.filter(({ name }) => !outcomes.has(name))
  for (const runner of running()) {
    report(`${workload.id} ${runner.name}: warm up`)
    const failure = await warmUp(runner, budget)
    if (failure !== undefined) fail(runner.name, failure)
  }
  for (let round = 0; round < budget.rounds; round++) {
    const turn = running()
    for (let i = 0; i < turn.length; i++) {
      // Another one begins each round: nobody always follows the same neighbour.
      const runner = turn[(i + round) % turn.length]!
      if (round >= runner.rounds) continue
      report(`${workload.id} ${runner.name}: round ${round + 1} of ${runner.rounds}`)
      const reply = await runner.client.ask({ op: 'run', count: runner.runs })
      if ('seconds' in reply) runner.samples.push(reply.seconds / runner.runs)
      else fail(runner.name, reply)
    }
  }
  for (const { client, name, samples, runs } of ready) {
    await client.ask({ op: 'close' })
    if (!outcomes.has(name)) outcomes.set(name, { status: 'measured', samples, runsPerRound: runs })
  }
  return outcomes
}

/** Runs once or a few times; the numbers after each, and how long the last took. */
async function check(
  workload: Workload,
  problem: string,
  { client }: Contestant,
): Promise<Outcome | { readonly trace: Trace; readonly seconds: number }> {
  const steps = workload.kind === 'training' ? (workload.checkSteps ?? CHECK_STEPS) : 1
  const trace: (readonly (number | null)[])[] = []
  let seconds = 0
  for (let step = -1; step < steps; step++) {
    const reply = await client.ask(step < 0 ? { op: 'open', workload, problem } : { op: 'run', count: 1 })
    if ('absent' in reply) return { status: 'absent', reason: reply.absent }
    if ('error' in reply) return { status: 'failed', reason: reply.error }
    if ('seconds' in reply) {
      seconds = reply.seconds
      trace.push(reply.values)
    }
  }
  return { trace, seconds }
}

/** Doubles the number of runs until the time is spent, and plans the rounds by the last of them. Returns a reply that is no time. */
async function warmUp(runner: Runner, budget: Budget): Promise<object | undefined> {
  if (runner.seconds > budget.once) {
    runner.samples.push(runner.seconds)
    return undefined
  }
  let spent = 0
  for (let count = 1; spent < budget.warmUp && runner.seconds < budget.total / budget.rounds; count *= 2) {
    const reply = await runner.client.ask({ op: 'run', count })
    if (!('seconds' in reply)) return reply
    spent += reply.seconds
    runner.seconds = reply.seconds / count
  }
  runner.rounds = roundsFor(budget, runner.seconds)
  runner.runs = runsFor(budget, runner.seconds)
  return undefined
}
