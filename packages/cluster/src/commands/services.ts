import { Option, type Command } from 'commander'
import { readServices, type ConnectionOptions } from '../connection.js'
import { reach } from '../store/reach.js'

/** Options by which every command finds the services. */
export function withServices(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--connection <url>',
        'PostgreSQL; others on this machine see what is given here, so rather set the variable',
      ).env('NEURITE_DATABASE_URL'),
    )
    .addOption(new Option('--redis <url>', 'Redis, if it is to hand out the work').env('NEURITE_REDIS_URL'))
    .addOption(new Option('--queue <name>', 'who takes work from where').default('trials'))
}

/** What commander makes of them. */
export interface ServiceFlags {
  readonly connection?: string
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
  await reach(where, readServices(where, services))
  return { services, rest }
}
