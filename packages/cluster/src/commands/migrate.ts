import type { Command } from 'commander'
import { migrate } from '../store/migrate.js'
import type { Io } from './io.js'
import { reached, withDatabase, type ServiceFlags } from './services.js'

export function addMigrate(program: Command, io: Io): void {
  const command = program
    .command('migrate')
    .summary('make the tables, or bring them up to date')
    .description(
      'Makes the tables in the schemas neurite and bullmq, or brings them up to date. Run it once, as a role that may create schemas, before workers start.',
    )
    .option('--grant <role>', 'what workers and searches need is granted to this role')
  withDatabase(command).action(async (flags: ServiceFlags & { readonly grant?: string }) => {
    const { services, rest } = await reached('migrate', flags)
    const applied = await migrate({ ...services, ...rest })
    io.out(applied.length === 0 ? 'The tables are up to date.\n' : `The tables have version ${applied.at(-1)} now.\n`)
    if (rest.grant !== undefined) io.out(`${rest.grant} may do what workers and searches do.\n`)
  })
}
