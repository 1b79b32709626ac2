import type { JSX } from 'preact'
import { say } from '../app/messages.js'
import { counted } from '../i18n/format.js'
import './player.css'

/** Back to any epoch of a training that is kept epoch by epoch. */
export function EpochTimeline({
  at,
  done,
  onChange,
}: {
  /** The epoch that is shown. */
  readonly at: number
  /** How many there are so far. */
  readonly done: number
  readonly onChange: (epoch: number) => void
}): JSX.Element {
  return (
    <label class="player-timeline">
      <span>
        {say('epochs')} <span class="number">{counted(at)}</span>
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(1, done)}
        value={at}
        aria-label={say('timeline.epochs')}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  )
}
