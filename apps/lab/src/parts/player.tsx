import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { commands } from '../app/keys.jsx'
import { say } from '../app/messages.js'
import { counted } from '../i18n/format.js'
import { SPEEDS, type LiveRun } from '../training/live-run.js'
import { BACKENDS } from '../training/spec.js'
import './player.css'

/** Play, pause, one iteration, one epoch, speed, and the timeline that goes back to any iteration. */
export function Player({ run }: { readonly run: LiveRun }): JSX.Element {
  useEffect(() => {
    commands.play = () => run.toggle()
    commands.step = () => void run.step()
    return () => {
      commands.play = commands.step = undefined
    }
  }, [run])
  const { asked, frame, furthest, failure, iteration, playing, refused, speed } = run
  const ended = frame.value?.stopped ?? failure.value
  return (
    <div class="player" data-iteration={iteration.value} data-playing={playing.value} data-backend={run.backend.value}>
      <div class="player-buttons">
        <button type="button" class="button" disabled={ended !== undefined} onClick={() => run.toggle()}>
          {say(playing.value ? 'pause' : 'play')}
        </button>
        <button type="button" class="button quiet" disabled={ended !== undefined} onClick={() => void run.step()}>
          {say('step')}
        </button>
        <button type="button" class="button quiet" disabled={ended !== undefined} onClick={() => void run.epoch()}>
          {say('epoch')}
        </button>
        <button type="button" class="button quiet" onClick={() => run.restart()}>
          {say('restart')}
        </button>
      </div>
      <div class="player-choices">
        <label class="player-speed">
          <span>{say('speed')}</span>
          <select value={speed.value} onChange={(event) => (speed.value = Number(event.currentTarget.value))}>
            {SPEEDS.map((steps) => (
              <option key={steps} value={steps}>
                {steps}
              </option>
            ))}
          </select>
        </label>
        <label class="player-speed">
          <span>{say('backend')}</span>
          <select
            value={asked.value}
            onChange={(event) => {
              const chosen = BACKENDS.find((name) => name === event.currentTarget.value)
              if (chosen !== undefined) run.choose(chosen)
            }}
          >
            {BACKENDS.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {refused.value !== undefined && (
        <p class="player-ended" role="alert">
          {say('backend.refused', { ...refused.value, instead: asked.value })}
        </p>
      )}
      <label class="player-timeline">
        <span>
          {say('iteration')} <span class="number">{counted(iteration.value)}</span>
        </span>
        <input
          type="range"
          min={0}
          max={Math.max(1, furthest.value)}
          value={iteration.value}
          aria-label={say('timeline')}
          onChange={(event) => void run.goTo(event.currentTarget.valueAsNumber)}
        />
        <span class="number player-rate">
          {frame.value !== undefined && frame.value.rate > 0
            ? say('rate', { rate: counted(Math.round(frame.value.rate)) })
            : ' '}
        </span>
      </label>
      {ended !== undefined && (
        <p class="player-ended" role="alert">
          {say('stopped.nonFinite', { reason: ended })}
        </p>
      )}
    </div>
  )
}
