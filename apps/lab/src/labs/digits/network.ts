import { conv2d, dense, flatten, maxPool2d, sequential, type Layer } from '@neurite/nn'
import type { UnitPlace } from '../../training/spec.js'
import { SIDE } from './image.js'

export const KINDS = ['cnn', 'mlp'] as const
export type Kind = (typeof KINDS)[number]

/** A layer as the stage shows it: its output as maps, one a filter. A dense layer's units are maps of one cell. */
export interface ShownLayer {
  /** Of the sequential model. */
  readonly layer: number
  readonly name: 'conv2d' | 'maxPool2d' | 'dense' | 'flatten'
  readonly rows: number
  readonly columns: number
  readonly filters: number
}

export interface Network {
  readonly model: Layer
  /** In the order of the network; the last is the output layer. */
  readonly layers: readonly ShownLayer[]
}

const NAMES = ['conv2d', 'maxPool2d', 'dense', 'flatten'] as const

/** Small enough to learn in seconds on cpu: a convolutional network, or one of dense layers with as many outputs. */
export function networkOf(kind: Kind, hidden: number): Network {
  const output = dense(10, { activation: 'softmax' })
  const model: Layer =
    kind === 'cnn'
      ? sequential([
          conv2d(8, { kernelSize: 3, activation: 'relu' }),
          conv2d(16, { kernelSize: 3, activation: 'relu' }),
          maxPool2d({ window: 2 }),
          flatten(),
          output,
        ])
      : sequential([flatten(), dense(hidden, { activation: 'relu' }), output])
  const inputs = model.inputShapes?.([SIDE, SIDE, 1]) ?? []
  const layers = (model.layers ?? []).flatMap((layer, i): readonly ShownLayer[] => {
    const name = NAMES.find((known) => known === layer.name)
    // What is flattened after the last map is the same numbers once more.
    if (name === undefined || (name === 'flatten' && i > 0)) return []
    const shape = layer.outputShape(inputs[i]!)
    const [rows = 1, columns = 1, filters = 1] = shape.length === 3 ? shape : [1, 1, shape[0]]
    return [{ layer: i, name, rows, columns, filters }]
  })
  return { model, layers }
}

/** A cell of a layer that is shown: which of them, and where in which map. */
export interface Cell {
  readonly shown: number
  readonly filter: number
  readonly row: number
  readonly column: number
}

export function placeOf(network: Network, cell: Cell): UnitPlace {
  const { layer, name } = network.layers[cell.shown]!
  return { layer, place: name === 'dense' ? [cell.filter] : [cell.row, cell.column, cell.filter] }
}

/** Layers whose cells are made of a window or of weights: all but the flattened image. */
export const canBeTakenApart = ({ name }: ShownLayer): boolean => name !== 'flatten'

/** The cell beside one, by steps; over the edge of a map lies the next map. */
export function moved({ rows, columns, filters }: ShownLayer, cell: Cell, dx: number, dy: number): Cell {
  if (rows === 1 && columns === 1) return { ...cell, filter: clamp(cell.filter + dx + dy, filters) }
  const [row, column] = [cell.row + dy, cell.column + dx]
  const step = column < 0 || row < 0 ? -1 : column >= columns || row >= rows ? 1 : 0
  const filter = clamp(cell.filter + step, filters)
  if (filter === cell.filter) return { ...cell, row: clamp(row, rows), column: clamp(column, columns) }
  return { ...cell, filter, row: (row + rows) % rows, column: (column + columns) % columns }
}

const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value))

/** The next cell in reading order of the same map, as a kernel slides; of a dense layer, the next unit. */
export function slid({ rows, columns, filters }: ShownLayer, cell: Cell): Cell {
  if (rows * columns === 1) return { ...cell, filter: (cell.filter + 1) % filters }
  const next = (cell.row * columns + cell.column + 1) % (rows * columns)
  return { ...cell, row: Math.floor(next / columns), column: next % columns }
}
