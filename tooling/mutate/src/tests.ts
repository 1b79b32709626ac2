import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

/** A test file, how long it takes, and the changes by whose place it comes. */
export interface TestFile {
  readonly test: string
  readonly milliseconds: number
  readonly ids: readonly string[]
}

/** The tests of a folder, in a process that stays warm between changes: only what changed is read again. */
export class Tests {
  readonly #folder: string
  #server: ChildProcess | undefined
  #changed = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
    process.once('exit', () => this.close())
  }

  /** Runs all tests with `texts` in the place of files, which say where they were. @throws Error if a test fails */
  async cover(texts: Readonly<Record<string, string>>): Promise<readonly TestFile[]> {
    const answer = await this.#ask({ kind: 'cover', texts })
    const { failure, tests } = answer as { failure?: string; tests: readonly TestFile[] }
    if (failure !== undefined) throw new Error(`the tests of ${this.#folder} fail without any change: ${failure}`)
    return tests
  }

  /**
   * The first test of some files that fails, and how; undefined if all pass. What takes longer than `limit` milliseconds has failed: a
   * person would end it.
   */
  async failure(changed: string, tests: readonly string[], limit: number): Promise<string | undefined> {
    // The last one is as it was again.
    this.#changed.add(changed)
    const asked = { kind: 'try', changed: [...this.#changed], tests }
    this.#changed = new Set([changed])
    return (await this.#ask(asked, limit)) as string | undefined
  }

  /** Ends the process and all that it started: a worker that never ends outlives vitest, and only the group's end reaches it. */
  close(): void {
    if (this.#server?.exitCode === null && this.#server.signalCode === null) process.kill(-this.#server.pid!, 'SIGKILL')
    this.#server = undefined
  }

  #ask(asked: object, limit?: number): Promise<unknown> {
    const server = (this.#server ??= fork(join(import.meta.dirname, 'server.js'), {
      cwd: this.#folder,
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, NO_COLOR: '1' },
    }))
    return new Promise((settle, refuse) => {
      const timer =
        limit === undefined
          ? undefined
          : setTimeout(() => {
              done()
              this.close()
              settle('no test: they never end')
            }, limit)
      const told = ({ answer, error }: { answer?: unknown; error?: string }): void => {
        done()
        if (error === undefined) settle(answer)
        else refuse(new Error(error))
      }
      const ended = (): void => {
        done()
        this.#server = undefined
        settle('no test: vitest itself ends')
      }
      const done = (): void => {
        clearTimeout(timer)
        server.off('message', told).off('exit', ended)
      }
      server.on('message', told).on('exit', ended)
      server.send(asked)
    })
  }
}
