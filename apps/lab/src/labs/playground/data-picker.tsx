import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { CLASS_SETS, HEIGHT_SETS, isRegression, pointsOf, type DataSet } from './data.js'
import { cleared } from './draw.js'
import { say } from './messages.js'
import { state } from './state.js'
import { drawMiniature } from './surface-draw.js'

/** The data sets as small pictures of themselves. */
export function DataPicker(): JSX.Element {
  const id = useId()
  return (
    <>
      <Group name={id} label={say('data.classes')} sets={CLASS_SETS} />
      <Group name={id} label={say('data.heights')} sets={HEIGHT_SETS} />
    </>
  )
}

function Group({
  name,
  label,
  sets,
}: {
  readonly name: string
  readonly label: string
  readonly sets: readonly DataSet[]
}): JSX.Element {
  return (
    <fieldset class="data-sets">
      <legend>{label}</legend>
      <div>
        {sets.map((set) => (
          <label key={set} data-chosen={state.at.data.value === set}>
            <input
              type="radio"
              name={name}
              value={set}
              checked={state.at.data.value === set}
              onChange={() => (state.at.data.value = set)}
            />
            <Miniature set={set} />
            <span>{say(`data.${set}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const SIZE = 44

function Miniature({ set }: { readonly set: DataSet }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    void theme.value
    if (canvas.current === null) return
    const points = pointsOf({
      set,
      points: 90,
      noise: 0.02,
      seed: 2,
      formula: set === 'formula' ? state.at.formula.value : '0',
      own: set === 'own' ? state.at.own.value : [],
    })
    drawMiniature(cleared(canvas.current, SIZE, SIZE), SIZE, points, isRegression(set))
  })
  return <canvas ref={canvas} class="data-miniature" aria-hidden="true" />
}
