import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useTyping } from '../../parts/number-field.jsx'
import { setByHand, undo, weightAt, type Place } from './by-hand.js'
import { MOST_WEIGHT } from './edits.js'
import { say } from './messages.js'
import { state } from './state.js'

/** The chosen weight and its unit's bias, to be set by typing or with the arrow keys. */
export function ByHand({ layer, unit, from }: Place): JSX.Element {
  const edits = state.at.edits.value
  const iterations = [...new Set(edits.map(({ iteration }) => iteration))].join(', ')
  return (
    <div class="by-hand">
      {from !== undefined && <WeightField place={{ layer, unit, from }} name={say('hand.weight')} />}
      <WeightField place={{ layer, unit }} name={say('hand.bias')} />
      {edits.length > 0 && (
        <>
          <button type="button" class="plain" onClick={undo}>
            {say('hand.undo')}
          </button>
          <p class="note">{say('hand.note', { n: edits.length, iterations })}</p>
        </>
      )}
    </div>
  )
}

/** One number. It moves by tenths, and takes any. */
export function WeightField({
  place,
  name,
  focus = false,
}: {
  readonly place: Place
  /** Beside it, where there is room. */
  readonly name?: string
  readonly focus?: boolean
}): JSX.Element | null {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const { layer, unit, from } = place
  useEffect(() => {
    if (focus) input.current?.focus()
  }, [focus, layer, unit, from])
  const value = weightAt(place)
  const typing = useTyping(Number((value ?? 0).toFixed(3)), {
    min: -MOST_WEIGHT,
    max: MOST_WEIGHT,
    onChange: (typed) => void setByHand(place, typed),
  })
  if (value === undefined) return null
  return (
    <span class="weight-field">
      {name !== undefined && <label for={id}>{name}</label>}
      <input
        ref={input}
        id={id}
        class="number"
        type="number"
        min={-MOST_WEIGHT}
        max={MOST_WEIGHT}
        step={0.1}
        aria-label={labelOf(place)}
        onFocus={(event) => event.currentTarget.select()}
        {...typing}
      />
    </span>
  )
}

function labelOf({ layer, unit, from }: Place): string {
  const output = layer === state.at.net.value.length
  const place = { layer: layer + 1, unit: unit + 1, from: (from ?? 0) + 1 }
  if (from === undefined) return say(output ? 'hand.output.bias' : 'hand.bias.label', place)
  return say(output ? 'hand.output.weight' : 'hand.weight.label', place)
}
