import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { commands } from '../app/keys.jsx'
import { say } from '../app/messages.js'
import { counted } from '../i18n/format.js'
import type { Playback } from './playback.js'
import './player.css'

/** Play, pause, one step, and the timeline of something that was computed beforehand. */
export function PlaybackBar({
  playback,
  epoch,
}: {
  readonly playback: Playback
  /** Steps of an epoch, where there are epochs. */
  readonly epoch?: number
}): JSX.Element {
  useEffect(() => {
    commands.play = () => playback.toggle()
    commands.step = () => playback.step()
    return () => {
      commands.play = commands.step = undefined
    }
  }, [playback])
  const { playing } = playback
  return (
    <div class="player" data-playing={playing.value} data-ended={playback.ended.value}>
      <div class="player-buttons">
        <button type="button" class="button" onClick={() => playback.toggle()}>
          {say(playing.value ? 'pause' : 'replay')}
        </button>
        <button type="button" class="button quiet" disabled={playback.ended.value} onClick={() => playback.step()}>
          {say('step')}
        </button>
        {epoch !== undefined && (
          <button
            type="button"
            class="button quiet"
            disabled={playback.ended.value}
            onClick={() => playback.toNext(epoch)}
          >
            {say('epoch')}
          </button>
        )}
        <button type="button" class="button quiet" onClick={() => playback.restart()}>
          {say('restart')}
        </button>
      </div>
      <Timeline playback={playback} />
    </div>
  )
}

/** Apart, since it changes at every frame. */
function Timeline({ playback }: { readonly playback: Playback }): JSX.Element {
  const { at, length } = playback
  return (
    <label class="player-timeline">
      <span>
        {say('iteration')} <span class="number">{counted(at.value)}</span>
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(1, length.value)}
        value={at.value}
        aria-label={say('timeline')}
        onInput={(event) => {
          playback.pause()
          playback.goTo(event.currentTarget.valueAsNumber)
        }}
      />
    </label>
  )
}
