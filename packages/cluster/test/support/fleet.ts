import { startProcess, type Process } from './processes.js'

/** Workers that are replaced when they end. */
export class Fleet {
  readonly #start: (index: number) => Process
  readonly #workers: Process[]
  readonly #events: Process['events'][] = []
  #closing = false
  /** How many workers had to be replaced. */
  replaced = 0

  constructor(program: string, size: number, settings: (index: number) => object) {
    this.#start = (index) => {
      const worker = startProcess(program, settings(index))
      this.#events.push(worker.events)
      void worker.ended.then(() => {
        if (this.#closing) return
        this.replaced++
        this.#workers[index] = this.#start(index)
      })
      return worker
    }
    this.#workers = []
    for (let index = 0; index < size; index++) this.#workers[index] = this.#start(index)
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map(({ ready }) => ready))
  }

  /** The worker at a place, when it takes trials. */
  async at(index: number): Promise<Process> {
    const worker = this.#workers[index]!
    await worker.ready
    return worker
  }

  /** How often something happened in all workers that ever were. */
  count(kind: string): number {
    return this.#events.flat().filter((event) => event.kind === kind).length
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(
      this.#workers.map(async ({ signal, ended }) => {
        signal('SIGCONT')
        signal('SIGTERM')
        await ended
      }),
    )
  }
}

/** Random numbers of a seed, for faults: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
