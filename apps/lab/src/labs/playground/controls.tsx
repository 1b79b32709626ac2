import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { Select, Slider, Toggle, type Settable } from '../../parts/controls.jsx'
import { DataPicker } from './data-picker.jsx'
import './controls.css'
import { FormulaInput } from './formula-input.jsx'
import { LayerControls } from './layer-controls.jsx'
import { say } from './messages.js'
import { parts, regression } from './model.js'
import { OwnPoints } from './own-controls.jsx'
import { CLASS_LOSSES, HEIGHT_LOSSES, lossFor, OPTIMIZERS, ORDERS, type LossName } from './spec.js'
import { MOST_ROWS, state } from './state.js'

const { at } = state

/** The loss in force: a link may name one that the problem has not. */
const loss: Settable<LossName> = {
  get value() {
    return lossFor(at.loss.value, regression.value)
  },
  set value(name) {
    at.loss.value = name
  },
}

/** The batch size; from the number of training points on, all of them. */
const batch: Settable<number> = {
  get value() {
    return Math.min(at.batch.value, parts.value.train.values.length)
  },
  set value(size) {
    at.batch.value = size >= parts.value.train.values.length ? MOST_ROWS : Math.max(1, Math.round(size))
  },
}

const rowsOf = (size: number): string => {
  const rows = parts.value.train.values.length
  return size >= rows ? say('batch.full', { rows }) : String(size)
}

export function Controls(): JSX.Element {
  return (
    <>
      <DataPicker />
      {at.data.value === 'formula' && <FormulaInput />}
      {at.data.value === 'own' ? (
        <OwnPoints />
      ) : (
        <Slider label={say('noise')} value={at.noise} min={0} max={0.5} step={0.01} />
      )}
      <LayerControls />
      <div class="pair">
        <Select
          label={say('loss')}
          value={loss}
          options={regression.value ? HEIGHT_LOSSES : CLASS_LOSSES}
          name={(name) => say(`loss.${name}`)}
        />
        <Select
          label={say('optimizer')}
          value={at.opt}
          options={OPTIMIZERS}
          name={(name) => say(`optimizer.${name}`)}
        />
      </div>
      <Slider label={say('rate')} value={at.rate} min={0.0001} max={10} log say={short} />
      <Slider
        label={say('batch')}
        value={batch}
        min={1}
        max={Math.max(2, parts.value.train.values.length)}
        log
        say={rowsOf}
      />
    </>
  )
}

export function MoreControls(): JSX.Element {
  return (
    <>
      {at.data.value !== 'own' && <Slider label={say('points')} value={at.points} min={20} max={MOST_ROWS} step={20} />}
      <Slider label={say('test.share')} value={at.test} min={10} max={90} step={5} />
      <Select label={say('order')} value={at.order} options={ORDERS} name={(name) => say(`order.${name}`)} />
      <Slider label={say('seed')} value={at.seed} min={0} max={100} say={(seed) => fixed(seed, 0)} />
      <Toggle label={say('tests')} value={at.tests} />
      <Toggle label={say('steps')} value={at.steps} />
      <Toggle label={say('flow.show')} value={at.flow} />
    </>
  )
}
