import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { MOST_IN_A_COLUMN, type Column } from './geometry.js'
import { MOST_LAYERS, MOST_UNITS, type HiddenLayer } from './layers.js'
import { say } from './messages.js'
import { chosen, lit, peeked, seen } from './model.js'
import { columns, narrow } from './scene.js'
import { state } from './state.js'

/** The hidden layers, each with its name, its buttons, and its units to choose from; on a phone the output neuron, too. */
export function Columns(): JSX.Element {
  const layers = state.at.net.value
  return (
    <>
      {columns.value.slice(1).map((column, l, rest) => {
        const output = l === rest.length - 1
        if (output && !narrow.value) return null
        return (
          <div key={l} class="column" data-lit={lit.value === 'layer'}>
            <ColumnHead column={column} layer={output ? undefined : l} of={layers[l]} />
            <Units column={column} layer={l} last={output} />
          </div>
        )
      })}
    </>
  )
}

/** Changes a layer of the state. */
export function changeLayer(l: number, change: Partial<HiddenLayer>): void {
  state.at.net.value = state.at.net.peek().map((layer, k) => (k === l ? { ...layer, ...change } : layer))
}

/** A layer more takes after the last one. */
export function changeDepth(by: 1 | -1): void {
  const layers = state.at.net.peek()
  const last = layers.at(-1)
  if (by < 0) state.at.net.value = layers.slice(0, -1)
  else if (layers.length < MOST_LAYERS)
    state.at.net.value = [...layers, last ?? { ...state.fields.net.initial[0]!, units: 4 }]
}

function ColumnHead({
  column,
  layer,
  of,
}: {
  readonly column: Column
  readonly layer: number | undefined
  readonly of: HiddenLayer | undefined
}): JSX.Element {
  const style = { left: `${column.x}px`, width: `${column.width}px` }
  if (layer === undefined || of === undefined)
    return (
      <div class="column-head" style={style}>
        <span class="column-name">{say('output')}</span>
      </div>
    )
  const marks = [
    of.dropout > 0 ? `⊘ ${fixed(of.dropout, 2)}` : '',
    of.penalty === 'none' ? '' : of.penalty.toUpperCase(),
  ]
  return (
    <div class="column-head" style={style}>
      <span class="column-name" title={[of.activation, ...marks].join(' ')}>
        {of.units} {of.activation}
      </span>
      <span class="column-buttons">
        <button
          type="button"
          aria-label={say('unit.less', { layer: layer + 1 })}
          disabled={of.units <= 1}
          onClick={() => changeLayer(layer, { units: of.units - 1 })}
        >
          −
        </button>
        <button
          type="button"
          aria-label={say('unit.more', { layer: layer + 1 })}
          disabled={of.units >= MOST_UNITS}
          onClick={() => changeLayer(layer, { units: of.units + 1 })}
        >
          +
        </button>
      </span>
      <span class="column-marks">{marks.filter((mark) => mark !== '').join(' ')}</span>
    </div>
  )
}

/** A layer's units as one list: up and down within it, left and right to its neighbours. */
function Units({
  column,
  layer,
  last,
}: {
  readonly column: Column
  readonly layer: number
  readonly last: boolean
}): JSX.Element {
  const now = chosen.value
  const unit = now !== undefined && now.what !== 'feature' && now.layer === layer ? now.unit : undefined
  const choose = (to: number): void => {
    const unit = (to + column.cells.length) % column.cells.length
    chosen.value = peeked.value = { what: 'unit', layer, unit }
  }
  const name = last ? say('output') : say('hidden.layer', { layer: layer + 1 })
  const id = (k: number): string => `unit-${layer}-${k}`
  return (
    <div
      class="units"
      tabIndex={0}
      role="listbox"
      aria-label={say('units.label', { name, units: column.cells.length })}
      aria-activedescendant={unit === undefined ? undefined : id(unit)}
      style={boundsOf(column)}
      onFocus={() => choose(unit ?? 0)}
      onBlur={() => (peeked.value = undefined)}
      onPointerLeave={() => (peeked.value = undefined)}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
        if (by !== undefined) choose((unit ?? 0) + by)
        else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          const all = [...event.currentTarget.closest('.network')!.querySelectorAll<HTMLElement>('.units')]
          all[all.indexOf(event.currentTarget) + (event.key === 'ArrowRight' ? 1 : -1)]?.focus()
        } else return
        event.preventDefault()
      }}
    >
      {column.cells.map(({ x, y, size }, k) => (
        <div
          key={k}
          id={id(k)}
          class="unit"
          role="option"
          aria-selected={unit === k}
          aria-label={labelOf(layer, k, column.cells.length)}
          style={{
            left: `${x - column.x}px`,
            top: `${y - topOf(column)}px`,
            width: `${size}px`,
            height: `${size}px`,
          }}
          onPointerEnter={() => choose(k)}
          onPointerDown={() => choose(k)}
        >
          {size > 30 && isDead(layer, k) && <span class="unit-word">{say('dead')}</span>}
        </div>
      ))}
    </div>
  )
}

const topOf = ({ cells }: Column): number => Math.min(...cells.map(({ y }) => y))

function boundsOf(column: Column): Readonly<Record<string, string>> {
  const top = topOf(column)
  const bottom = Math.max(...column.cells.map(({ y, size }) => y + size))
  return { left: `${column.x}px`, width: `${column.width}px`, top: `${top}px`, height: `${bottom - top}px` }
}

function isDead(layer: number, unit: number): boolean {
  const now = seen.value.shown
  if (now === undefined) return false
  const cells = now.side * now.side
  const values = now.surfaces[layer]?.subarray(unit * cells, (unit + 1) * cells)
  return values !== undefined && values.length > 0 && values.every((value) => value === 0)
}

/** Of long layers only the number: hundreds of texts are not renewed for each look. */
function labelOf(layer: number, unit: number, units: number): string {
  if (units > MOST_IN_A_COLUMN) return say('unit.name', { unit: unit + 1 })
  const bias = seen.value.shown?.weights[layer]?.bias[unit]
  return say('unit.label', { unit: unit + 1, bias: bias === undefined ? '…' : short(bias) })
}
