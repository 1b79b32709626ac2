import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { inWorker } from '../../worker/remote.js'
import { say } from './messages.js'
import { thumbs } from './model.js'
import { CHAPTER, OTHERS, state, type Phi } from './state.js'
import './thumbs.css'

const worker = inWorker<typeof import('./tasks.js')>('labs/activations')

const [WIDE, HIGH] = [56, 36]

/** Every activation as a small picture of itself. */
export function Thumbs(): JSX.Element {
  useEffect(() => {
    if (Object.keys(thumbs.peek()).length > 0) return
    void worker.call('activationThumbs').then((found) => (thumbs.value = found))
  }, [])
  const group = useId()
  return (
    <>
      <Group name={say('chapter')} options={CHAPTER} group={group} />
      <Group name={say('others')} options={OTHERS} group={group} />
    </>
  )
}

function Group({
  name,
  options,
  group,
}: {
  readonly name: string
  readonly options: readonly Phi[]
  readonly group: string
}): JSX.Element {
  const { phi } = state.at
  return (
    <fieldset class="thumbs">
      <legend>{name}</legend>
      <div>
        {options.map((option) => (
          <label key={option} data-chosen={phi.value === option}>
            <input
              type="radio"
              name={group}
              value={option}
              checked={phi.value === option}
              onChange={() => (phi.value = option)}
            />
            <Thumb phi={option} />
            <span>{say(`phi.${option}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Thumb({ phi }: { readonly phi: Phi }): JSX.Element {
  const values = thumbs.value[phi]
  const count = values?.length ?? 1
  // x and y in the same measure, from -2 to 2 in height.
  const y = (value: number): number => HIGH / 2 - (value * HIGH) / 4.4
  const path = line<number>(
    (_, i) => (WIDE * i) / (count - 1),
    (value) => y(value),
  )
  return (
    <svg viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden="true">
      <path class="zero" d={`M0 ${HIGH / 2}H${WIDE}M${WIDE / 2} 0V${HIGH}`} />
      {phi === 'softmax'
        ? [26, 14, 7, 4].map((high, k) => (
            <rect key={k} x={8 + 11 * k} y={HIGH - 2 - high} width="7" height={high} class="bar" />
          ))
        : values !== undefined && <path class="seen" d={path(values as Iterable<number>) ?? ''} />}
    </svg>
  )
}
