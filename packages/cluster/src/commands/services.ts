import { Option, type Command } from 'commander'
import { readServices, type ConnectionOptions } from '../connection.js'
import { reachDatabase, reachRedis } from '../store/reach.js'

/** Options by which a command finds the database. */
export function withDatabase(command: Command): Command {
  return command
    .optionsGroup('Services:')
    .addOption(
      new Option(
        '--connection <url>',
        'PostgreSQL; rather by the variable, since others see what a program is called with',
      ).env('NEURITE_DATABASE_URL'),
    )
}

/** Options by which a command finds the database and what hands out the work. */
export function withRedis(command: Command): Command {
  return withDatabase(command).addOption(
    new Option('--redis <url>', 'Redis, if it is to hand out the work').env('NEURITE_REDIS_URL'),
  )
}

/** Options by which a command finds the database and the queue. */
export function withQueue(command: Command): Command {
  return withRedis(command).option('--queue <name>', 'who takes work from where', 'trials')
}

/** What commander makes of them. */
export interface ServiceFlags {
  readonly connection?: string
  /** Given where the command has to do with a queue. */
  readonly redis?: string
  readonly queue?: string
}

/** Parts what says where the services are from the rest, and sees whether somebody answers there. */
export async function reached<F extends ServiceFlags>(
  where: string,
  { connection, redis, queue, ...rest }: F,
): Promise<{ readonly services: ConnectionOptions; readonly rest: Omit<F, keyof ServiceFlags> }> {
  const services = {
    ...(connection === undefined ? {} : { connection }),
    ...(redis === undefined ? {} : { redis }),
    ...(queue === undefined ? {} : { queue }),
  }
  const read = readServices(where, services)
  await reachDatabase(where, read.database)
  if (redis !== undefined && read.redis !== undefined) await reachRedis(where, read.redis)
  return { services, rest }
}
