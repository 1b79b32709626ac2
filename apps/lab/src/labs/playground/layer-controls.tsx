import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import { Segments, Select, Slider, type Settable } from '../../parts/controls.jsx'
import { ACTIVATIONS, MOST_DROPOUT, MOST_UNITS, PENALTIES, STRENGTHS, type HiddenLayer } from './layers.js'
import { say } from './messages.js'
import { state } from './state.js'

/** The layer whose options are shown; 0 is all of them. */
const shownLayer = signal('0')

/** One option of the layer that is shown, or of all: what is set is set in each of them. */
function option<K extends keyof HiddenLayer>(name: K): Settable<HiddenLayer[K]> {
  const { net } = state.at
  const at = Number(shownLayer.value)
  return {
    get value() {
      return net.value[Math.max(0, at - 1)]![name]
    },
    set value(value) {
      net.value = net.peek().map((layer, l) => (at === 0 || at === l + 1 ? { ...layer, [name]: value } : layer))
    },
  }
}

const MIXED = 'mixed'

/** Activation, dropout and regularization of all hidden layers or of each (4.2.4, 4.5). */
export function LayerControls(): JSX.Element {
  const layers = state.at.net.value
  if (layers.length === 0) return <p class="note">{say('layers.none')}</p>
  if (Number(shownLayer.value) > layers.length) shownLayer.value = '0'
  const all = shownLayer.value === '0'
  const activation = option('activation')
  const differ = all && layers.some((layer) => layer.activation !== layers[0]!.activation)
  const penalty = option('penalty')
  return (
    <div class="layer-controls">
      <Segments
        label={say('layers')}
        value={shownLayer}
        options={['0', ...layers.map((_, l) => String(l + 1))]}
        name={(l) => (l === '0' ? say('layers.all') : l)}
      />
      <div class="pair">
        <Select
          label={say('activation')}
          value={{
            get value() {
              return differ ? MIXED : activation.value
            },
            set value(name) {
              if (name !== MIXED) activation.value = name
            },
          }}
          options={differ ? [MIXED, ...ACTIVATIONS] : ACTIVATIONS}
          name={(name) => (name === MIXED ? say('mixed') : name)}
        />
        <Select label={say('penalty')} value={penalty} options={PENALTIES} name={(name) => say(`penalty.${name}`)} />
      </div>
      {penalty.value !== 'none' && (
        <Slider
          label={say('strength')}
          value={option('strength')}
          min={STRENGTHS.min}
          max={STRENGTHS.max}
          log
          say={short}
        />
      )}
      {!all && <Slider label={say('units')} value={option('units')} min={1} max={MOST_UNITS} />}
      <Slider label={say('dropout')} value={option('dropout')} min={0} max={MOST_DROPOUT} step={0.05} />
    </div>
  )
}
