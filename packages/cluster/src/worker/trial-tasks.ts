import { childSeed, NeuriteError } from '@neurite/core'
import { judge, type Judged, type Objective, type Study } from '@neurite/search'

/** What a thread is told of a trial. */
export interface TrialInput {
  readonly study: Study
  readonly id: number
  readonly point: unknown
  readonly resource: number | null
  /** Where it was, if it was under way before. */
  readonly checkpoint: Uint8Array<ArrayBuffer> | undefined
}

/** What a trial came to; null if it was asked to stop. */
export type TrialAnswer = Judged | null

/** How the objective's checkpoints become the events of a stream: a save is done when the next event is asked for. */
class Saves {
  #waiting: { readonly bytes: Uint8Array<ArrayBuffer>; readonly done: () => void }[] = []
  #wake: () => void = () => undefined

  save(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ bytes, done })
      this.#wake()
    })
  }

  /** Yields what is saved until `end` settles. */
  async *until(end: Promise<unknown>): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
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
export function trialTasks(objectives: ReadonlyMap<string, Objective<unknown>>) {
  let stopping = new AbortController()
  return {
    names: () => [...objectives.keys()],
    stop: () => stopping.abort(),
    async *run(input: TrialInput): AsyncGenerator<Uint8Array<ArrayBuffer>, TrialAnswer, undefined> {
      stopping = new AbortController()
      const { signal } = stopping
      const saves = new Saves()
      const judging = run(objectives, input, saves, signal)
      yield* saves.until(judging)
      return judging
    },
  }
}

export type TrialTasks = ReturnType<typeof trialTasks>

async function run(
  objectives: ReadonlyMap<string, Objective<unknown>>,
  { study, id, point, resource, checkpoint }: TrialInput,
  saves: Saves,
  signal: AbortSignal,
): Promise<TrialAnswer> {
  const objective = objectives.get(study.objective)
  if (objective === undefined) {
    const message = `cluster: there is no objective '${study.objective}' here; this worker has ${[...objectives.keys()].join(', ')}.`
    throw new NeuriteError('INVALID_ARGUMENT', message)
  }
  let kept = checkpoint
  const checkpoints = {
    load: async () => kept,
    save: async (bytes: Uint8Array<ArrayBuffer>) => {
      kept = bytes.slice()
      await saves.save(kept)
    },
  }
  const seed = childSeed(study.seed, 'trial', id)
  return (
    (await judge('cluster', objective, point, { id, seed, resource: resource ?? undefined, signal, checkpoints })) ??
    null
  )
}
