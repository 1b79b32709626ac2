import { Rounds } from '../local-sgd/rounds.js'
import type { Connection } from '../store/database.js'
import { Studies } from '../store/studies.js'
import type { Dispatch } from './dispatch.js'

/** Tells a queue of all of a study that is not over: its trials, and that its round be closed if it is a training. */
export async function tellAll(connection: Connection, dispatch: Dispatch, study: string): Promise<void> {
  await dispatch.add(await new Studies(connection).unfinished(study))
  // Its shards alone close no round: the flow that would have is gone, or in another queue.
  const round = await new Rounds(connection).open(study)
  if (round !== undefined) await dispatch.askToClose(round)
}
