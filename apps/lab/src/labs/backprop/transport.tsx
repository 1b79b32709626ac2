import type { JSX } from 'preact'
import { say } from './messages.js'
import { forwards, goTo, now, place, steps } from './model.js'
import { plainName } from './name.jsx'
import { pause, playing, step, toggle } from './player.js'

/** Step by step, by buttons, by the slider's arrow keys, or played. */
export function Transport(): JSX.Element {
  const all = steps.value.length
  return (
    <div class="bp-transport">
      <button type="button" class="button quiet" disabled={place.value === 0} onClick={() => step(-1)}>
        {say('back')}
      </button>
      <button type="button" class="button" data-playing={playing.value} onClick={toggle}>
        {say(playing.value ? 'pause' : 'play')}
      </button>
      <button type="button" class="button quiet" disabled={all > 0 && place.value >= all} onClick={() => step(1)}>
        {say('next')}
      </button>
      <label class="bp-timeline" style={{ '--forward': `${(100 * forwards.value) / Math.max(1, all)}%` }}>
        <span class="visually-hidden">{say('timeline')}</span>
        <input
          type="range"
          min={0}
          max={Math.max(1, all)}
          value={place.value}
          aria-valuetext={
            now.value === undefined
              ? say('step.begin')
              : `${say(now.value.pass)}: ${plainName(now.value.name)} (${place.value}/${all})`
          }
          onInput={(event) => {
            pause()
            goTo(event.currentTarget.valueAsNumber)
          }}
        />
      </label>
    </div>
  )
}
