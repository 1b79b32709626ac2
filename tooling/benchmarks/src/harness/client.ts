import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Reply, Request } from './protocol.js'

/** How a subject's process is started. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

/** A subject's process: asked one thing at a time. */
export interface Client {
  ask(request: Request): Promise<Reply>
  /** Ends the process. */
  stop(): Promise<void>
}

/** Starts a process that speaks the protocol. One that dies answers with an `error`, or with `absent` if there is no such program. */
export function connect({ file, args }: Command): Client {
  const child = spawn(file, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaints = ''
  let ended: Reply | undefined
  let waiting: ((reply: Reply) => void) | undefined
  const deliver = (reply: Reply): void => {
    waiting?.(reply)
    waiting = undefined
  }
  const gone = new Promise<void>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      ended = error.code === 'ENOENT' ? { absent: `there is no ${file}` } : { error: error.message }
      deliver(ended)
      resolve()
    })
    child.on('close', (code, signal) => {
      ended ??= { error: `the process ended (${signal ?? code}): ${complaints.trim().split('\n').at(-1)}` }
      deliver(ended)
      resolve()
    })
  })
  // A write to a process that has just died fails here; 'close' tells the rest.
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000)
  })
  createInterface({ input: child.stdout }).on('line', (line) => deliver(JSON.parse(line) as Reply))
  return {
    ask(request) {
      if (ended !== undefined) return Promise.resolve(ended)
      return new Promise((resolve) => {
        waiting = resolve
        child.stdin.write(`${JSON.stringify(request)}\n`)
      })
    },
    stop() {
      child.stdin.end()
      child.kill()
      return gone
    },
  }
}
