import type { Command } from 'commander'
import { startBoard } from '../board/board.js'
import type { Io } from './io.js'
import { whole } from './numbers.js'
import { reached, withQueue, type ServiceFlags } from './services.js'
import { signalled } from './signalled.js'

export function addBoard(program: Command, io: Io): void {
  const command = program
    .command('board')
    .summary('serve a page of live progress')
    .description(
      'Serves a page of live progress on this machine, until it gets SIGTERM or SIGINT. With @bull-board/api and @bull-board/express installed, the queue’s own board is under /queue.',
    )
    .option('--port <n>', 'where; 0 for any that is free', whole, 8080)
    .option(
      '--host <address>',
      'another than loopback: there is no password, so only behind what asks for one',
      '127.0.0.1',
    )
  withQueue(command).action(
    async ({ port, host, ...flags }: ServiceFlags & { readonly port: number; readonly host: string }) => {
      const { services } = await reached('board', flags)
      await using board = await startBoard({
        ...services,
        port,
        host,
        onError: (error) => io.err(`error ${error.message}\n`),
      })
      io.out(`${board.url}\n`)
      await signalled(io)
    },
  )
}
