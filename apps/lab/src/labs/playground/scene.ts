import { computed, signal } from '@preact/signals'
import type { Size } from '../../parts/size.js'
import { FEATURE_NAMES, gridOf, inputsAt, type FeatureName } from './features.js'
import { cellsIn, columnsOf, type Cell, type Column } from './geometry.js'
import { edgesOf } from './draw.js'
import { shown, side, widths } from './model.js'
import { state } from './state.js'

/** On a phone the surface stands below the network, and the output neuron is a cell like others. */
const phone = matchMedia('(max-width: 900px)')
export const narrow = signal(phone.matches)
phone.addEventListener('change', ({ matches }) => (narrow.value = matches))

/** Of the network's part of the stage. */
export const board = signal<Size>({ width: 0, height: 0 })
/** Of the output's surface, which stands right of it. */
export const surfaceSize = signal(0)

/** Room for the columns' names and buttons, and for the bars of the gradients. */
const head = computed(() => (narrow.value ? 44 : 64))
const FOOT = 76
const foot = computed(() => (narrow.value ? 0 : state.at.flow.value ? FOOT : 8))

const box = computed(() => ({
  left: 0,
  top: head.value,
  width: board.value.width,
  height: Math.max(40, board.value.height - head.value - foot.value),
}))

const inputWidth = computed(() => Math.min(96, Math.max(58, box.value.width * 0.2)))

/** Every feature has its place, whether it is used or not. */
export const featureCells = computed<readonly Cell[]>(() => {
  const cells = cellsIn(FEATURE_NAMES.length, { ...box.value, width: inputWidth.value }, 0.56)
  // On a phone names stand left of the pictures, not below.
  return narrow.value && !isFolded(cells) ? cells.map((cell) => ({ ...cell, x: inputWidth.value - cell.size })) : cells
})

const isFolded = (cells: readonly Cell[]): boolean => new Set(cells.map(({ x }) => x)).size > 1

/** Whether the features stand in two columns, without room for their names: a very low window. */
export const featuresFolded = computed(() => isFolded(featureCells.value))

/** The inputs that are used, the hidden layers, the output. */
export const columns = computed<readonly Column[]>(() => {
  const { left, top, width, height } = box.value
  const hidden = widths.value.slice(1, -1)
  const inputs: Column = {
    x: left,
    width: inputWidth.value,
    cells: state.at.in.value.map((name) => featureCells.value[FEATURE_NAMES.indexOf(name)]!),
    folded: false,
  }
  const rest = { left: left + inputWidth.value, top, width: width - inputWidth.value, height }
  if (narrow.value) return [inputs, ...columnsOf([...hidden, 1], rest)]
  // The output's picture is the surface itself, whose left side the last edges reach.
  const target = { x: width, y: surfaceSize.value / 2 - 60, size: 120 }
  const output = { x: width, width: 0, cells: [target], folded: false }
  return [inputs, ...columnsOf(hidden, { ...rest, width: rest.width - 28 }), output]
})

export const edges = computed(() => {
  const now = shown.value
  const fits = now !== undefined && now.widths.every((units, c) => columns.value[c]?.cells.length === units)
  return fits && now.widths.length === columns.value.length ? edgesOf(columns.value, now) : []
})

/** What a feature looks like over the square. */
const featureSurfaces = computed(() => {
  const grid = gridOf(side.value)
  return new Map(FEATURE_NAMES.map((name) => [name, inputsAt(grid, [name]).data as Float32Array]))
})

export const featureSurface = (name: FeatureName): Float32Array => featureSurfaces.value.get(name)!

/** One unit's values on the grid. */
export const surfaceOf = (layer: number, unit: number): Float32Array | undefined => {
  const now = shown.value
  if (now === undefined) return undefined
  const cells = now.side * now.side
  return now.surfaces[layer]?.subarray(unit * cells, (unit + 1) * cells)
}

/** What every cell shows, column by column. The surface on the right draws the output itself. */
export const pictures = computed<readonly (readonly (Float32Array | undefined)[])[]>(() => {
  const inputs = state.at.in.value.map(featureSurface)
  const units = columns.value
    .slice(1)
    .map(({ cells }, l, rest) =>
      l === rest.length - 1 && !narrow.value ? [undefined] : cells.map((_, unit) => surfaceOf(l, unit)),
    )
  return [inputs, ...units]
})
