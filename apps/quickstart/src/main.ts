import { run } from './run.js'
import { processTerminal } from './terminal.js'

const interrupt = new AbortController()
// Once: a second Ctrl-C ends the process the hard way.
process.once('SIGINT', () => {
  interrupt.abort()
})
process.exitCode = await run(process.argv.slice(2), processTerminal(), interrupt.signal)
