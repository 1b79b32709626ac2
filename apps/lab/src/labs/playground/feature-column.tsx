import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { paint } from '../../parts/heatmap.jsx'
import { FEATURE_NAMES, FEATURES, type FeatureName } from './features.js'
import { say } from './messages.js'
import { chosen, peeked, side } from './model.js'
import { featureCells, featuresFolded, featureSurface } from './scene.js'
import { state } from './state.js'

/** The inputs: each is switched on and off by its picture. */
export function FeatureColumn(): JSX.Element {
  return (
    <div class="features" role="group" aria-label={say('inputs')} data-folded={featuresFolded.value}>
      <span class="column-name features-name">{say('inputs')}</span>
      {FEATURE_NAMES.map((name, k) => (
        <FeatureButton key={name} name={name} place={k} />
      ))}
    </div>
  )
}

function toggle(name: FeatureName): void {
  const used = state.at.in.peek()
  const next = FEATURE_NAMES.filter((known) => used.includes(known) !== (known === name))
  // A network without inputs would have nothing to say.
  if (next.length > 0) state.at.in.value = next
}

function FeatureButton({ name, place }: { readonly name: FeatureName; readonly place: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { x, y, size } = featureCells.value[place]!
  const used = state.at.in.value
  const at = used.indexOf(name)
  useSignalEffect(() => {
    void theme.value
    const values = featureSurface(name)
    const most = values.reduce((a, value) => Math.max(a, Math.abs(value)), 0)
    if (canvas.current !== null) paint(canvas.current, values, [side.value, side.value], 'signed', most)
  })
  const show = (): void => {
    if (at >= 0) chosen.value = peeked.value = { what: 'feature', unit: at }
  }
  return (
    <button
      type="button"
      class="feature"
      aria-pressed={at >= 0}
      aria-label={say('feature.label', { name: FEATURES[name].name })}
      style={{ left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` }}
      onClick={() => toggle(name)}
      onPointerEnter={show}
      onFocus={show}
      onPointerLeave={() => (peeked.value = undefined)}
      onBlur={() => (peeked.value = undefined)}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <span class="feature-name">{FEATURES[name].name}</span>
    </button>
  )
}
