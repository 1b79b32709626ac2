import type { JSX } from 'preact'
import { say } from './messages.js'
import { setValue, values } from './model.js'
import { plainName } from './name.jsx'
import { MOST, namesOf, namesOfBiases, namesOfWeights } from './networks.js'
import { state } from './state.js'

/** Every number of the network, to be typed. */
export function NumberFields(): JSX.Element {
  const { x, t, w, b } = values.value
  const groups = [
    ['x', namesOf('x', x.length), x],
    ['t', namesOf('t', t.length), t],
    ['w', namesOfWeights(state.at.net.value), w],
    ...(b.length > 0 ? [['b', namesOfBiases(state.at.net.value), b] as const] : []),
  ] as const
  return (
    <>
      {groups.map(([of, names, numbers]) => (
        <fieldset key={of} class="bp-fields">
          <legend>{say(`fields.${of}`)}</legend>
          <div>
            {names.map((name, i) => (
              <label key={name}>
                <span class="number">{plainName(name)}</span>
                <input
                  type="number"
                  class="number"
                  min={-MOST}
                  max={MOST}
                  step="any"
                  value={Number(numbers[i]!.toFixed(4))}
                  onChange={(event) => {
                    const value = event.currentTarget.valueAsNumber
                    if (Number.isFinite(value)) setValue(of, i, Math.min(MOST, Math.max(-MOST, value)))
                  }}
                />
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </>
  )
}
