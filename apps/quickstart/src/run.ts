import { NeuriteError } from '@neurite/core'
import { progressBar, terminalPlot } from '@neurite/terminal'
import { BACKENDS } from './backends.js'
import { Answered, readOptions } from './options.js'
import { printReport } from './report.js'
import type { Terminal } from './terminal.js'
import { trainDigits } from './train-digits.js'

/** What a shell expects of a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130

/**
 * The whole program. Exit statuses: 0 done, 1 something failed, 2 a mistake in the command line, 130 interrupted.
 *
 * @param signal - aborted by Ctrl-C; training then ends after the step it is in
 */
export async function run(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { write, error } = terminal
  const options = readOptions(args, { out: write, error })
  if (options instanceof Answered) return options.exitCode
  const { epochs, seed } = options
  try {
    const backend = await BACKENDS[options.backend]!()
    write(`Neurite learns handwritten digits: 64-64-10 network, backend ${backend.name}, seed ${seed}\n`)
    const start = performance.now()
    const { color, live, width } = terminal
    const shown = { color, stream: { write, isTTY: live, columns: width } }
    const callbacks = [progressBar(shown), terminalPlot(shown)]
    const report = await trainDigits({ backend, epochs, seed, signal, callbacks })
    printReport(report, (performance.now() - start) / 1000, terminal)
    if (!report.aborted) return 0
    write(`interrupted after ${report.epochs} of ${epochs} epochs\n`)
    return INTERRUPTED
  } catch (thrown) {
    if (!NeuriteError.isInstance(thrown)) throw thrown
    error(`${thrown.message}\n`)
    return thrown.code === 'ABORTED' ? INTERRUPTED : 1
  }
}
