import { Command, CommanderError } from 'commander'
import { addBoard } from './board.js'
import { firstLine } from './format.js'
import { discreet, type Io } from './io.js'
import { addMigrate } from './migrate.js'
import { addSearch } from './search.js'
import { addStudies } from './studies.js'
import { addWorker } from './worker.js'

/**
 * Runs a command. What fails is told in one line, with its code and without a stack; passwords are in nothing that is written.
 *
 * @param args - without the program's name
 */
export async function runCommand(args: readonly string[], given: Io): Promise<void> {
  const io = discreet(given, addressesIn(args), keysOfS3())
  try {
    await programOf(io).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said why.
      io.endWith(error.exitCode)
      return
    }
    io.err(`error: ${firstLine(textOf(error))}\n`)
    io.endWith(1)
  }
}

function programOf(io: Io): Command {
  const program = new Command('neurite-cluster')
    .description('Searches of Neurite on many machines, through PostgreSQL.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({ helpWidth: 80 })
  addMigrate(program, io)
  addWorker(program, io)
  addSearch(program, io)
  addStudies(program, io)
  addBoard(program, io)
  return program
}

/** Whatever may hold a password. */
function addressesIn(args: readonly string[]): (string | undefined)[] {
  const { env } = process
  return [env['NEURITE_DATABASE_URL'], env['NEURITE_REDIS_URL'], ...args]
}

function keysOfS3(): string[] {
  return ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].flatMap((name) => process.env[name] || [])
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
