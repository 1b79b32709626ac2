import { NeuriteError } from '@neurite/core'
import type { Memory } from '../memory/memory.js'
import { webAssembly, type WasmModule } from '../web-assembly.js'
import { Control, FORGET, LOAD, type Call } from './control.js'
import { parallel, type Kernels } from './parallel.js'
import { THREAD } from './thread.js'

/** A worker of the platform, as far as it is used. */
interface Worker {
  postMessage(message: unknown): void
  terminate(): unknown
  unref?(): void
  on?(event: 'message' | 'error', listener: (value: unknown) => void): void
  addEventListener?(event: 'message' | 'error', listener: (value: { readonly message?: string }) => void): void
}

interface Platform {
  readonly SharedArrayBuffer?: unknown
  readonly process?: { getBuiltinModule?(name: string): { readonly Worker: WorkerOfText } | undefined }
  readonly Worker?: new (url: string) => Worker
  readonly Blob?: new (parts: string[], options: { type: string }) => object
  readonly URL?: { createObjectURL(blob: never): string; revokeObjectURL(url: string): void }
}

type WorkerOfText = new (text: string, options: { eval: true }) => Worker

/** Threads that call kernels, and parts of programs, in one linear memory. */
export class Pool {
  /** Under which threads know the kernels. */
  private readonly numbers: ReadonlyMap<string, number>
  private next: number
  private isEnded = false

  private constructor(
    private readonly control: Control,
    private readonly workers: readonly Worker[],
    private readonly memory: Memory,
    kernels: readonly string[],
  ) {
    const first = FORGET + 1
    this.numbers = new Map(kernels.map((name, i) => [name, first + i]))
    this.next = first + kernels.length
  }

  /**
   * @param count - threads beside this one
   * @throws NeuriteError `BACKEND_UNAVAILABLE` where memory cannot be shared, or workers do not start
   */
  static async start(count: number, memory: Memory, module: WasmModule): Promise<Pool> {
    const control = new Control(memory, count)
    const workers: Worker[] = []
    try {
      for (let index = 0; index < count; index++) workers.push(create())
      await Promise.all(
        workers.map((worker, index) => {
          const { address, words } = control
          const ready = answerOf(worker)
          worker.postMessage({ memory: memory.heap.memory, module, control: address, words, index })
          return ready
        }),
      )
    } catch (error) {
      for (const worker of workers) worker.terminate()
      throw unavailable(`its threads do not start (${error instanceof Error ? error.message : String(error)})`, error)
    }
    for (const worker of workers) worker.unref?.()
    const names = webAssembly()
      .Module.exports(module)
      .map(({ name }) => name)
    return new Pool(control, workers, memory, names)
  }

  /** The kernels, with what is large cut into shares for the threads. */
  share(kernels: Kernels, scratchBytes: number): Kernels {
    return parallel(kernels, this.numbers, this.control, this.memory, scratchBytes)
  }

  /** Gives each thread a program's module, of which it may run `share0` to `share${count - 1}`: under numbers from the one returned on. */
  load(bytes: Uint8Array, count: number): number {
    const { heap } = this.memory
    const block = heap.allocate(bytes.length)
    const first = this.next
    this.next += count
    try {
      new Uint8Array(heap.memory.buffer, block.address, bytes.length).set(bytes)
      this.all({ function: LOAD, args: [block.address, bytes.length, first, count] })
    } finally {
      heap.give(block)
    }
    return first
  }

  /** What was loaded is needed no more. */
  forget(first: number, count: number): void {
    if (!this.isEnded) this.all({ function: FORGET, args: [first, count] })
  }

  /** Runs all `rows` of a function, of which this thread takes the first by `own`. */
  run(number: number, arena: number, rows: number, own: (arena: number, first: number, count: number) => void): void {
    const size = Math.ceil(rows / (this.workers.length + 1))
    const calls: Call[] = []
    for (let first = size; first < rows; first += size)
      calls.push({ function: number, args: [arena, first, Math.min(size, rows - first)] })
    this.control.run(calls, () => own(arena, 0, Math.min(size, rows)))
  }

  private all(call: Call): void {
    this.control.run(
      this.workers.map(() => call),
      () => undefined,
    )
  }

  end(): void {
    this.isEnded = true
    for (const worker of this.workers) worker.terminate()
  }
}

/** @throws NeuriteError `BACKEND_UNAVAILABLE` where memory cannot be shared */
export function checkShared(): void {
  if ((globalThis as Platform).SharedArrayBuffer === undefined) throw unavailable('memory cannot be shared')
}

function unavailable(reason: string, cause?: unknown): NeuriteError {
  return new NeuriteError(
    'BACKEND_UNAVAILABLE',
    `wasm cannot run with threads here: ${reason}. A page must be cross-origin isolated (Cross-Origin-Opener-Policy: same-origin, Cross-Origin-Embedder-Policy: require-corp), and a Content-Security-Policy allow worker-src blob:; wasm() without threads runs everywhere.`,
    { reason },
    cause,
  )
}

function create(): Worker {
  const { process, Worker, Blob, URL } = globalThis as Platform
  const node = process?.getBuiltinModule?.('node:worker_threads')
  if (node !== undefined) return new node.Worker(THREAD, { eval: true })
  const url = URL!.createObjectURL(new Blob!([THREAD], { type: 'text/javascript' }) as never)
  try {
    return new Worker!(url)
  } finally {
    // The worker has begun to load it.
    setTimeout(() => URL!.revokeObjectURL(url), 10_000)
  }
}

/** Its first message; or why there is none. */
function answerOf(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (value: unknown): void =>
      reject(value instanceof Error ? value : new Error(String((value as { message?: string }).message ?? 'blocked')))
    if (worker.on !== undefined) {
      worker.on('message', () => resolve())
      worker.on('error', fail)
    } else {
      worker.addEventListener!('message', () => resolve())
      worker.addEventListener!('error', fail)
    }
  })
}
