import { NeuriteError } from '@neurite/core'
import type { Memory } from '../memory/memory.js'

// A job in shared memory, as int32: its number; how many threads have still to end; whether one failed; then for each thread the
// function it calls (-1: none), how many arguments, and these.
const JOB = 0
const RUNNING = 1
const FAILED = 2
const CALLS = 3
const CALL = 32

/** What each thread has from the start, before the kernels: it takes a module, or forgets functions. */
export const LOAD = 0
export const FORGET = 1

/** One thread's share of a job: a function, by the number under which threads know it, and its arguments. */
export interface Call {
  readonly function: number
  readonly args: readonly number[]
}

/** So long a job may take, in milliseconds: a thread that is gone never ends. */
const PATIENCE = 120_000

/** The place in shared memory through which threads get their work. */
export class Control {
  readonly address: number
  readonly words: number
  private readonly view: Int32Array

  constructor(
    memory: Memory,
    readonly threads: number,
  ) {
    this.words = CALLS + CALL * threads
    this.address = memory.heap.allocate(4 * this.words).address
    // Shared memory that grows stays where it is.
    this.view = new Int32Array(memory.heap.memory.buffer, this.address, this.words)
    this.view.fill(0)
  }

  /** Gives each thread its call, does `own` meanwhile, and waits for all. */
  run(calls: readonly Call[], own: () => void): void {
    const { view } = this
    for (let i = 0; i < this.threads; i++) {
      const call = calls[i]
      const at = CALLS + CALL * i
      view[at] = call?.function ?? -1
      if (call === undefined) continue
      view[at + 1] = call.args.length
      view.set(call.args, at + 2)
    }
    view[FAILED] = 0
    Atomics.store(view, RUNNING, this.threads)
    Atomics.add(view, JOB, 1)
    Atomics.notify(view, JOB)
    try {
      own()
    } finally {
      this.wait()
    }
    if (Atomics.load(view, FAILED) !== 0) throw failed('one of its threads failed')
  }

  /** A page's main thread must not sleep, so this looks again and again; the shares are of one size. */
  private wait(): void {
    const { view } = this
    const end = Date.now() + PATIENCE
    for (let turn = 1; Atomics.load(view, RUNNING) > 0; turn++)
      if (turn % 1e6 === 0 && Date.now() > end) throw failed('one of its threads does not answer')
  }
}

function failed(reason: string): NeuriteError {
  return new NeuriteError('WORKER_FAILED', `wasm: ${reason}; make a new backend.`)
}
