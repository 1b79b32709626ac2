import type { Command } from 'commander'
import type { WorkerEvent } from '../worker/runner.js'
import { startWorker } from '../worker/worker.js'
import { blobsAt } from './blobs.js'
import { firstLine } from './format.js'
import type { Io } from './io.js'
import { whole } from './numbers.js'
import { reached, withQueue, type ServiceFlags } from './services.js'
import { signalled } from './signalled.js'

interface WorkerFlags extends ServiceFlags {
  readonly objectives: string
  readonly concurrency?: number
  readonly lease?: number
  readonly attempts?: number
  readonly grace?: number
  readonly blobs?: string
  readonly name?: string
}

export function addWorker(program: Command, io: Io): void {
  const command = program
    .command('worker')
    .summary('take trials and run them')
    .description(
      'Takes trials from the queue and runs them, until it gets SIGTERM or SIGINT: then trials under way save a checkpoint and go back. A second signal ends it at once.',
    )
    .requiredOption('--objectives <module>', 'the module that exports objectives, functions by name')
    .option('--concurrency <n>', 'how many trials run at once, each in a thread (1)', whole)
    .option('--lease <ms>', 'after which a silent worker loses its trials (30000)', whole)
    .option('--attempts <n>', 'starts without progress after which a trial is parked (5)', whole)
    .option('--grace <ms>', 'that trials have for a checkpoint at the end (10000)', whole)
    .option('--blobs <place>', 'where checkpoints above 4 MiB go: a folder that all workers see, or s3://bucket/prefix')
    .option('--name <name>', 'what it is called (host and process number)')
  withQueue(command).action(async ({ blobs, ...flags }: WorkerFlags) => {
    const store = blobs === undefined ? {} : { blobs: await blobsAt('worker', blobs) }
    const { services, rest } = await reached('worker', flags)
    const options = { ...services, ...rest, ...store }
    const onEvent = (event: WorkerEvent): void => io.out(lineOf(event, new Date()))
    const worker = await startWorker({ ...options, onEvent })
    io.out(`${new Date().toISOString()} ready ${worker.name}\n`)
    await signalled(io)
    await worker.stop()
    io.out(`${new Date().toISOString()} stopped ${worker.name}\n`)
  })
}

/** What happened, in a line: when, what, which trial, and what it said. */
export function lineOf(event: WorkerEvent, at: Date): string {
  const said = event.kind === 'error' ? event.error.message : 'message' in event ? event.message : ''
  const words = [at.toISOString(), event.kind, 'trial' in event ? event.trial : '', firstLine(said)]
  return `${words.filter((word) => word !== '').join(' ')}\n`
}
