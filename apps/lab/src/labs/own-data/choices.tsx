import type { JSX } from 'preact'
import { Segments, Select, Slider, Toggle } from '../../parts/controls.jsx'
import { EpochTimeline } from '../../parts/epoch-timeline.jsx'
import { counted, short } from '../../i18n/format.js'
import { Drop } from './drop.jsx'
import { Findings } from './findings.jsx'
import { say } from './messages.js'
import { current, ended, failure, lookAt, lookedAt, measures, playing, restart, step, stop, toggle } from './model.js'
import { ACTIVATIONS, SCALINGS, type Task } from './plan.js'
import { EXAMPLES, state } from './state.js'
import { choices, chooseExample, opened, ownFile, targetTasks } from './table.js'

const { table, task, scaling, scaleTarget, layers, units, phi, rate, batch, seed } = state.at

/** Which of these names is meant; the table of one's own is among them once there is one. */
const tableChoice = {
  get value() {
    return table.value
  },
  set value(name: typeof table.value) {
    if (name === 'own') table.value = name
    else chooseExample(name)
  },
}

/** What a target of whole numbers is meant as. */
const taskChoice = {
  get value(): Task {
    return choices.value?.task ?? 'classes'
  },
  set value(wanted: Task) {
    task.value = wanted
  },
}

export function Controls(): JSX.Element {
  const tables = ownFile.value === undefined && table.value !== 'own' ? EXAMPLES : [...EXAMPLES, 'own' as const]
  return (
    <>
      <Select label={say('table')} value={tableChoice} options={tables} name={(name) => say(`table.${name}`)} />
      <Drop />
      {targetTasks.value.length > 1 && (
        <Segments
          label={say('task')}
          value={taskChoice}
          options={targetTasks.value}
          name={(name) => say(`task.${name}`)}
        />
      )}
      <Segments label={say('scaling')} value={scaling} options={SCALINGS} name={(name) => say(`scaling.${name}`)} />
      <Findings />
      <Buttons />
    </>
  )
}

function Buttons(): JSX.Element {
  const over = ended.value !== undefined || failure.value !== undefined
  const none = opened.value !== undefined && choices.value === undefined
  return (
    <>
      <div class="player-buttons">
        <button type="button" class="button" onClick={toggle}>
          {say(over ? 'again' : playing.value ? 'pause' : 'go')}
        </button>
        <button type="button" class="button quiet" disabled={over} onClick={step}>
          {say('epoch')}
        </button>
        <button type="button" class="button quiet" disabled={over || current.value === undefined} onClick={stop}>
          {say('stop')}
        </button>
        {!over && (
          <button type="button" class="button quiet" onClick={() => restart()}>
            {say('again')}
          </button>
        )}
      </div>
      <EpochTimeline at={lookedAt.value ?? measures.value.length} done={measures.value.length} onChange={lookAt} />
      {none && <p role="alert">{say('none')}</p>}
      {failure.value !== undefined && (
        <div class="own-refused" role="alert">
          <p>{say('failed')}</p>
          <p lang="en" class="own-said">
            {failure.value}
          </p>
        </div>
      )}
    </>
  )
}

export function More(): JSX.Element {
  return (
    <>
      <Slider label={say('layers')} value={layers} min={0} max={4} />
      <Slider label={say('units')} value={units} min={1} max={64} />
      <Select label={say('phi')} value={phi} options={ACTIVATIONS} name={String} />
      <Slider label={say('rate')} value={rate} min={0.0001} max={1} log say={short} />
      <Slider label={say('batch')} value={batch} min={1} max={256} say={counted} />
      <Slider label={say('seed')} value={seed} min={0} max={999} say={counted} />
      <Toggle label={say('scaleTarget')} value={scaleTarget} />
    </>
  )
}
