import type { Edit } from '../../training/spec.js'
import { asWritten, MOST_WEIGHT, withEdit } from './edits.js'
import { run, seen } from './model.js'
import { placesOf } from './spec.js'
import { state } from './state.js'

/** A weight, or with no `from` the bias of a unit; layer 0 is the first hidden one. */
export interface Place {
  readonly layer: number
  readonly unit: number
  readonly from?: number | undefined
}

const { edits, net } = state.at

function editAt({ layer, unit, from }: Place, units: number): Omit<Edit, 'value'> {
  return {
    iteration: run.iteration.peek(),
    path: `${placesOf(net.peek())[layer]}.${from === undefined ? 'bias' : 'weight'}`,
    place: from === undefined ? unit : from * units + unit,
  }
}

const unitsOf = ({ layer }: Place): number => net.peek()[layer]?.units ?? 1

/** What a weight is: as it was set by hand just now, before the training has answered, or as the training says. */
export function weightAt(place: Place): number | undefined {
  const values = seen.value.shown?.weights[place.layer]
  if (values === undefined) return undefined
  const asked = editAt(place, unitsOf(place))
  const own = edits.value.findLast(
    ({ iteration, path, place: at }) => iteration === asked.iteration && path === asked.path && at === asked.place,
  )
  return own?.value ?? (place.from === undefined ? values.bias : values.weight)[asked.place]
}

/** Sets a weight or a bias where the training rests; one that runs is brought to rest. */
export async function setByHand(place: Place, value: number): Promise<void> {
  if (run.playing.peek()) {
    run.pause()
    // A step may be under way.
    await run.refresh()
  }
  const held = asWritten(Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, value)))
  edits.value = withEdit(edits.peek(), { ...editAt(place, unitsOf(place)), value: held })
}

export function undo(): void {
  edits.value = edits.peek().slice(0, -1)
}
