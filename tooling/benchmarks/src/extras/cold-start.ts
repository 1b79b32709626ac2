import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { bundle } from '../harness/build.js'
import { EMPTY, PROGRAMS } from '../programs/index.js'

/** A fresh Node process that imports, builds and trains W1 for 100 steps. */
export interface ColdStart {
  /** `node` is the empty program: what no library can save. */
  readonly subject: string
  /** From the start of the process to its end, in each round. */
  readonly seconds: readonly number[]
  /** The most memory it held, bytes, in each round. */
  readonly peakMemory: readonly number[]
}

// Written last, when the program is done, in kilobytes. What resourceUsage says includes the process that started this one, so Linux is asked first.
const REPORT = `
  import { readFileSync as readStatus } from 'node:fs'
  let peak = process.resourceUsage().maxRSS
  try {
    peak = Number(/VmHWM:\\s*(\\d+)/.exec(readStatus('/proc/self/status', 'utf8'))[1])
  } catch {}
  process.stderr.write(String(peak * 1024))
`

/** Starts each program `rounds` times, in turn. */
export async function coldStarts(
  subjects: readonly string[],
  folder: string,
  rounds: number,
  report: (text: string) => void,
): Promise<ColdStart[]> {
  const wanted = [
    { subject: 'node', file: EMPTY },
    ...PROGRAMS.filter(({ subject, fetches }) => fetches === undefined && subjects.includes(subject)),
  ]
  const programs: { subject: string; path: string; seconds: number[]; memory: number[] }[] = []
  for (const { subject, file } of wanted) {
    const path = await bundle(resolve(import.meta.dirname, '../programs', file), folder, REPORT)
    // Once for the file cache.
    await start(path)
    programs.push({ subject, path, seconds: [], memory: [] })
  }
  for (let round = 0; round < rounds; round++) {
    for (const { subject, path, seconds, memory } of programs) {
      report(`cold start ${subject}: round ${round + 1} of ${rounds}`)
      const run = await start(path)
      seconds.push(run.seconds)
      memory.push(run.memory)
    }
  }
  return programs.map(({ subject, seconds, memory }) => ({ subject, seconds, peakMemory: memory }))
}

function start(path: string): Promise<{ seconds: number; memory: number }> {
  return new Promise((done, fail) => {
    const begin = performance.now()
    const child = spawn(process.execPath, [path], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', fail)
    child.on('close', (code) => {
      const seconds = (performance.now() - begin) / 1000
      if (code === 0) done({ seconds, memory: Number(said) })
      else fail(new Error(`${path} ended with ${code}: ${said}`))
    })
  })
}
