import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GUARDS } from '../aims.js'
import { BEST } from '../harness/budget.js'
import { commandOf, makeFolder } from '../harness/build.js'
import { connect } from '../harness/client.js'
import { measure, type Contestant } from '../harness/measure.js'
import { SUBJECTS } from '../subjects/index.js'
import { WORKLOADS } from '../workloads/index.js'
import { encodeProblem } from '../workloads/problem-file.js'
import { problemOf } from '../workloads/problem.js'
import { advice, better, judgeGuard, type Verdict } from './judge.js'

// A step of `pnpm check`: is anything several times slower than it was? Prints a line for each guard; exit status 1 says that one does not hold.

/** A machine may be busy for a second: who fails is measured again. */
const ATTEMPTS = 3

const folder = makeFolder()
process.once('exit', () => folder.remove())
const names = new Set(GUARDS.flatMap(({ subject, floor }) => [subject, floor]))
const contestants: Contestant[] = []
for (const subject of SUBJECTS.filter(({ name }) => names.has(name))) {
  const client = connect(await commandOf(subject, folder.path))
  contestants.push({ name: subject.name, client, silent: subject.role === 'limit' })
}
const verdicts: Verdict[] = []
for (const workload of WORKLOADS) {
  let open = GUARDS.filter((guard) => guard.workload === workload.id)
  if (open.length === 0) continue
  const problem = join(folder.path, `${workload.id}.bin`)
  writeFileSync(problem, encodeProblem(problemOf(workload)))
  const found = new Map<object, Verdict>()
  for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
    const asked = contestants.filter(({ name }) =>
      open.some(({ subject, floor }) => name === subject || name === floor),
    )
    const outcomes = await measure(workload, problem, asked, BEST, () => undefined)
    for (const guard of open) {
      const verdict = judgeGuard(guard, outcomes)
      found.set(guard, better(found.get(guard) ?? verdict, verdict))
    }
    open = open.filter((guard) => !found.get(guard)!.ok)
  }
  verdicts.push(...found.values())
}
await Promise.all(contestants.map(({ client }) => client.stop()))
for (const { ok, text } of verdicts) process.stdout.write(`${ok ? 'holds' : 'FAILS'} ${text}\n`)
process.stdout.write(advice(verdicts))
process.exitCode = verdicts.every(({ ok }) => ok) ? 0 : 1
