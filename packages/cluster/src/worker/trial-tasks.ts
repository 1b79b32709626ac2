import { childSeed, disposeTree, NeuriteError, type ByteArray } from '@neurite/core'
import { judge, type Judged, type Study } from '@neurite/search'
import type { ShardResult, ShardRound } from '../local-sgd/local-training.js'
import type { Known } from './objectives.js'

/** What a thread is told of a trial. */
export interface TrialInput {
  readonly study: Study
  readonly id: number
  readonly point: unknown
  readonly resource: number | null
  /** Where it was, if it was under way before. */
  readonly checkpoint: ByteArray | undefined
}

/** What a trial came to; null if it was asked to stop. */
export type TrialAnswer = Judged | null

/** What a thread is told of a round of a shard. */
export interface ShardInput {
  readonly training: string
  readonly round: ShardRound
}

/** What it came to, or why it diverged; null if it was asked to stop. */
export type ShardAnswer = ShardResult | { readonly error: string } | null

/** How the objective's checkpoints become the events of a stream: a save is done when the next event is asked for. */
class Saves {
  #waiting: { readonly bytes: ByteArray; readonly done: () => void }[] = []
  #wake: () => void = () => undefined

  save(bytes: ByteArray): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ bytes, done })
      this.#wake()
    })
  }

  /** Yields what is saved until `end` settles. */
  async *until(end: Promise<unknown>): AsyncGenerator<ByteArray, void, undefined> {
    let over = false
    const finish = (): void => {
      over = true
      this.#wake()
    }
    end.then(finish, finish)
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) {
        yield next.bytes
        next.done()
      } else if (over) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

/** The tasks of a thread: one trial at a time, and a wish to stop. */
export function trialTasks(known: Known) {
  let stopping = new AbortController()
  /** Runs work whose checkpoints become events. */
  async function* saving<T>(
    work: (save: (bytes: ByteArray) => Promise<void>, signal: AbortSignal) => Promise<T>,
  ): AsyncGenerator<ByteArray, T, undefined> {
    stopping = new AbortController()
    const saves = new Saves()
    const working = work((bytes) => saves.save(bytes), stopping.signal)
    yield* saves.until(working)
    return working
  }
  return {
    names: () => ({ objectives: [...known.objectives.keys()], trainings: [...known.trainings.keys()] }),
    stop: () => stopping.abort(),
    run: (input: TrialInput) => saving((save, signal) => runTrial(known, input, save, signal)),
    train: (input: ShardInput) => saving((save, signal) => runShard(known, input, save, signal)),
  }
}

export type TrialTasks = ReturnType<typeof trialTasks>

async function runTrial(
  { objectives }: Known,
  { study, id, point, resource, checkpoint }: TrialInput,
  save: (bytes: ByteArray) => Promise<void>,
  signal: AbortSignal,
): Promise<TrialAnswer> {
  const objective = objectives.get(study.objective)
  if (objective === undefined) throw unknown('objective', study.objective, objectives)
  let kept = checkpoint
  const checkpoints = {
    load: async () => kept,
    save: async (bytes: ByteArray) => {
      kept = bytes.slice()
      await save(kept)
    },
  }
  const seed = childSeed(study.seed, 'trial', id)
  const context = { id, seed, resource: resource ?? undefined, signal, checkpoints }
  return (await judge('cluster', objective, point, context)) ?? null
}

async function runShard(
  { trainings }: Known,
  { training: name, round }: ShardInput,
  save: (bytes: ByteArray) => Promise<void>,
  signal: AbortSignal,
): Promise<ShardAnswer> {
  const training = trainings.get(name)
  if (training === undefined) throw unknown('training', name, trainings)
  try {
    return (await training.run(round, { signal, save })) ?? null
  } catch (error) {
    // The same steps would diverge again.
    if (!NeuriteError.isInstance(error) || error.code !== 'NON_FINITE') throw error
    disposeTree(error.details)
    return { error: error.message }
  }
}

function unknown(kind: string, name: string, known: ReadonlyMap<string, unknown>): NeuriteError {
  const message = `cluster: there is no ${kind} '${name}' here; this worker has ${[...known.keys()].join(', ')}.`
  return new NeuriteError('INVALID_ARGUMENT', message)
}
