#!/usr/bin/env node
import { processIo } from './commands/io.js'
import { runCommand } from './commands/program.js'

await runCommand(process.argv.slice(2), processIo())
