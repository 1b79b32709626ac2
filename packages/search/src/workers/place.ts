import { NeuriteError } from '@neurite/core'
import { isMessage, type Answer, type Question, type Reply } from './answer.js'
import { isThread, type WorkerLike } from './worker-like.js'

/** One worker of a pool: judges one point at a time, until it dies or is ended. */
export class Place {
  readonly #worker: WorkerLike
  readonly #ended: Promise<unknown>
  #end: (why: unknown) => void = () => undefined
  #answered: (answer: Answer) => void = () => undefined
  /** Whether it can be given a point. */
  alive = true

  constructor(worker: WorkerLike) {
    this.#worker = worker
    this.#ended = new Promise((resolve) => {
      this.#end = (why) => {
        this.alive = false
        resolve(why)
      }
    })
    watch(worker, {
      message: (data) => {
        if (isMessage<Reply>('reply', data)) this.#answered(data.answer)
      },
      died: (why) => this.#end(why),
    })
    rest(worker)
  }

  /**
   * @throws NeuriteError `ABORTED` when the signal comes, `WORKER_FAILED` when the worker dies, `INVALID_ARGUMENT` for a point
   * that cannot be sent; or why it was ended
   */
  async judge(point: unknown, context: Question['context'], signal: AbortSignal): Promise<Answer> {
    const stop = (): void => void this.end(new NeuriteError('ABORTED', 'the search was aborted.', {}, signal.reason))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    if (isThread(this.#worker)) this.#worker.ref()
    try {
      const ended = this.#ended.then((why) => {
        throw NeuriteError.isInstance(why) && why.code === 'ABORTED' ? why : died(why, point, context.id)
      })
      const answered = new Promise<Answer>((resolve) => {
        this.#answered = resolve
        this.#worker.postMessage({ neurite: 'question', point, context } satisfies Question)
      })
      return await Promise.race([ended, answered])
    } catch (error) {
      throw error instanceof Error && error.name === 'DataCloneError' ? unsendable(point, context.id, error) : error
    } finally {
      signal.removeEventListener('abort', stop)
      rest(this.#worker)
      // Who hears of the failure finds no worker that is still about to end.
      if (!this.alive) await this.#worker.terminate()
    }
  }

  /** Ends the worker at once, whatever it does. */
  async end(why: NeuriteError): Promise<void> {
    this.#end(why)
    await this.#worker.terminate()
  }
}

/** Does not keep Node alive for a worker that has nothing to do. */
function rest(worker: WorkerLike): void {
  if (isThread(worker)) worker.unref()
}

/** `message` is told what the worker sends, `died` of an error that the worker did not catch, and of its end. */
function watch(
  worker: WorkerLike,
  { message, died }: { readonly message: (data: unknown) => void; readonly died: (why: unknown) => void },
): void {
  if (isThread(worker)) {
    worker.on('message', message)
    worker.on('error', died)
    worker.on('exit', (code: number) => died(`it exited with code ${code}`))
    return
  }
  worker.addEventListener('message', (event) => message((event as MessageEvent<unknown>).data))
  worker.addEventListener('error', (event) => {
    const { error, message } = event as Event & { readonly error?: unknown; readonly message?: string }
    died(error ?? message ?? 'its module could not be loaded')
    worker.terminate()
  })
}

function died(why: unknown, point: unknown, id: number): NeuriteError {
  const said = why instanceof Error ? `${why.name}: ${why.message}` : String(why)
  const message = `workerPool: the worker that tried trial ${id}, ${JSON.stringify(point)}, ended before it had answered: ${said}. Its module must load, call exposeObjective, and catch its own errors; go on with the trials that onTrial was told as leaderboard.`
  return new NeuriteError('WORKER_FAILED', message, { id, point }, why)
}

function unsendable(point: unknown, id: number, cause: Error): NeuriteError {
  const names = Object.entries(point as object).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))
  const message = `workerPool: the point of trial ${id} cannot be sent to a worker${names.length > 0 ? `: ${names.join(', ')} ${names.length > 1 ? 'are functions' : 'is a function'}` : ` (${cause.message})`}; give names or numbers, and make the rest of them in the worker.`
  return new NeuriteError('INVALID_ARGUMENT', message, { id }, cause)
}
