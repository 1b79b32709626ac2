import { fork, type ChildProcess } from 'node:child_process'
import type { WorkerEvent } from '../../src/index.js'

/** A worker in a process of its own. */
export interface Process {
  readonly child: ChildProcess
  readonly events: WorkerEvent[]
  /** Until it takes trials. */
  readonly ready: Promise<void>
  /** Until it has ended. */
  readonly ended: Promise<number | null>
  signal(name: NodeJS.Signals): void
}

export function startProcess(program: string, settings: object, execArgv: readonly string[] = []): Process {
  const child = fork(program, [JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...execArgv],
  })
  const events: WorkerEvent[] = []
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: WorkerEvent | { readonly kind: 'ready' }) => {
      if (message.kind === 'ready') resolve()
      else events.push(message)
    })
    void ended.then(() => resolve())
  })
  return { child, events, ready, ended, signal: (name) => void child.kill(name) }
}
