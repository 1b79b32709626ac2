import { batch, computed, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { Playback } from '../../parts/playback.js'
import { latest } from '../../worker/latest.js'
import { inWorker } from '../../worker/remote.js'
import type { Landscape, LandscapeRequest, RaceRequest, Run } from './compute.js'
import { GOAL, rateOnNetwork } from './network.js'
import { RACERS, WITHOUT_DATA, type RacerId } from './racers.js'
import { state } from './state.js'
import { surfaces, type Point, type Surface } from './surfaces.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/optimizers')

const { where, start, rates, off, beta, batch: batchSize, seed } = state.at

/** The part of the formula that is pointed at. */
export const lit = signal<string | undefined>(undefined)

/** The surface, or none on the network. */
export const surface: ReadonlySignal<Surface | undefined> = computed(() =>
  where.value === 'network' ? undefined : surfaces[where.value],
)

export const hasData = computed(() => where.value === 'data' || where.value === 'network')

/** Who can run here, and who does. */
export const racers = computed<readonly RacerId[]>(() => (hasData.value ? RACERS : WITHOUT_DATA))
export const racing = computed(() => {
  const without = off.value.split(',')
  return racers.value.filter((racer) => !without.includes(racer))
})

/** Whose formula is shown: the one who was chosen, if it can run here. */
export const shown = computed(() =>
  racers.value.includes(state.at.chosen.value) ? state.at.chosen.value : racers.value[0]!,
)

export function race(racer: RacerId, runs: boolean): void {
  const without = off
    .peek()
    .split(',')
    .filter((name) => name !== '' && name !== racer)
  off.value = (runs ? without : [...without, racer]).join(',')
}

const usualRate = (racer: RacerId): number => {
  const here = surface.value
  if (here === undefined) return rateOnNetwork(racer)
  return racer === 'momentum' || racer === 'rmsprop' || racer === 'adam' ? here.rates[racer] : here.rates.gd
}

export const rateOf = (racer: RacerId): number => rates.value[RACERS.indexOf(racer)] ?? usualRate(racer)

export function setRate(racer: RacerId, rate: number): void {
  rates.value = RACERS.map((each) => (each === racer ? rate : rateOf(each)))
}

/** A racer's learning rate, as something that a part can set. */
export const rateSignal = (racer: RacerId): { value: number; peek(): number } => ({
  get value() {
    return rateOf(racer)
  },
  set value(rate) {
    setRate(racer, rate)
  },
  peek: () => untracked(() => rateOf(racer)),
})

export const startAt = computed<Point>(() => {
  const [x, y] = start.value
  return x === undefined || y === undefined ? (surface.value?.start ?? [0, 0]) : [x, y]
})

/** Another surface has other places and rates. */
export function goTo(place: typeof where.value): void {
  batch(() => {
    where.value = place
    start.value = []
    rates.value = []
  })
}

export const goal = computed(() => surface.value?.goal ?? GOAL)

export const runs = signal<ReadonlyMap<RacerId, Run>>(new Map())
export const landscape = signal<Landscape | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)
/** What the runs are of: those of another place are not to be seen here. */
const ranAt = signal<string | undefined>(undefined)
/** What is seen of the surface; the stage says it. */
export const seen = signal<LandscapeRequest['window'] | undefined>(undefined)

const request = computed<RaceRequest>(() => ({
  where: where.value,
  start: startAt.value,
  racers: racing.value.map((id) => ({ id, rate: rateOf(id) })),
  beta: beta.value,
  batchSize: batchSize.value,
  seed: seed.value,
}))

/** What was asked when everything was last computed. */
const settled = signal<RaceRequest | undefined>(undefined)
/** Whether all that is shown is of what is set. */
export const ready = computed(() => settled.value === request.value)

/** Runs of those who run, while they are of this place. */
export const running = computed<readonly Run[]>(() =>
  ranAt.value === where.value ? racing.value.flatMap((id) => runs.value.get(id) ?? []) : [],
)

export const playback = new Playback(
  computed(() => running.value.reduce((most, { losses }) => Math.max(most, losses.length - 1), 0)),
  { rest: state.at.iteration },
)

/** Who was below the goal first, and stayed there. */
export const winner = computed(() =>
  running.value
    .filter(({ reached }) => reached !== undefined)
    .reduce<Run | undefined>(
      (best, run) => (best === undefined || run.reached! < best.reached! ? run : best),
      undefined,
    ),
)

const view = computed<LandscapeRequest | undefined>(() =>
  where.value === 'network' || seen.value === undefined ? undefined : { surface: where.value, window: seen.value },
)

/** Computes what is shown, again at each change, while the lab is open. */
export function follow(): () => void {
  const refuse = (error: unknown): void => {
    failure.value = error instanceof Error ? error.message : String(error)
  }
  const stops = [
    latest(
      view,
      async (asked, signal) => asked && worker.call('landscape', asked, { signal }),
      (found) => {
        landscape.value = found
      },
      refuse,
    ),
    latest(
      request,
      raceAll,
      (_, asked) => {
        settled.value = asked
      },
      refuse,
    ),
    playback.start(),
  ]
  return () => {
    for (const stop of stops) stop()
    ranAt.value = undefined
  }
}

/** Everyone at once on a surface. A training takes longer than a walk: those appear one after the other. */
async function raceAll(asked: RaceRequest, signal: AbortSignal): Promise<void> {
  const fresh = ranAt.peek() !== asked.where
  for (const some of asked.where === 'network' ? asked.racers.map((one) => [one]) : [asked.racers]) {
    const found = await worker.call('race', { ...asked, racers: some }, { signal })
    if (asked !== request.peek() && asked.where !== where.peek()) return
    const first = ranAt.peek() !== asked.where
    batch(() => {
      runs.value = new Map([...(first ? [] : runs.peek()), ...found.map((one) => [one.id, one] as const)])
      ranAt.value = asked.where
      failure.value = undefined
      // What a change of a place does is seen at once; a new place is raced from the beginning.
      if (!first && !fresh) playback.goTo(playback.length.value)
    })
    if (first) playback.begin()
  }
}
