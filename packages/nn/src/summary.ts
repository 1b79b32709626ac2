import { takesNoOptions } from '@neurite/core/arguments'
import { checkArgument, disposeTree, sizeOf, tensorsIn, type Tree } from '@neurite/core'
import type { Layer } from './layer.js'

/** A layer in a {@link summary}. */
export interface SummaryRow {
  /** Where its params are: `params` followed by this; `[1][0]` is the first part of the second layer. Empty for a model of one layer. */
  readonly path: string
  readonly layer: string
  /** Both without the batch axis. */
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  /** How many numbers are trained. A layer that is called several times counts once. */
  readonly parameters: number
}

/** A model as a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[]
  readonly parameters: number
  /** The table as text. */
  toString(): string
}

/**
 * A model layer by layer: output shapes and numbers of parameters. Nothing is computed and no params are made (but for layers
 * written without `parameterShapes`, whose `init` is asked).
 *
 * @param inputShape - of one example, without the batch axis; a graph knows its own
 * @throws NeuriteError `SHAPE_MISMATCH` naming the layer whose input does not fit
 * @example
 * ```ts
 * import { dense, dropout, sequential, summary } from '@neurite/nn'
 * const table = summary(sequential([dense(16, { activation: 'relu' }), dropout(0.1), dense(3)]), [4])
 * table.parameters // => 131
 * table.rows[2] // => { path: '[2]', layer: 'dense', inputShape: [16], outputShape: [3], parameters: 51 }
 * ```
 */
export function summary(
  model: Layer | Pick<Layer, 'name' | 'layers' | 'inputShapes'>,
  inputShape: readonly number[] = [],
  ...none: readonly []
): Summary {
  takesNoOptions('summary', none)
  const rows = rowsOf(model, inputShape, '')
  const parameters = rows.reduce((total, row) => total + row.parameters, 0)
  return { rows, parameters, toString: () => textOf(rows, parameters) }
}

function rowsOf(
  model: Layer | Pick<Layer, 'name' | 'layers' | 'inputShapes'>,
  inputShape: readonly number[],
  path: string,
): SummaryRow[] {
  const shapes = model.layers && model.inputShapes?.(inputShape)
  if (shapes !== undefined) return model.layers!.flatMap((part, i) => rowsOf(part, shapes[i]!, `${path}[${i}]`))
  checkArgument('outputShape' in model, () => `summary: ${model.name} is no layer.`)
  return [
    {
      path,
      layer: model.name,
      inputShape,
      outputShape: model.outputShape(inputShape),
      parameters: countOf(model, inputShape),
    },
  ]
}

function countOf(layer: Layer, inputShape: readonly number[]): number {
  if (layer.parameterShapes !== undefined)
    return Object.values(layer.parameterShapes(inputShape)).reduce((total, shape) => total + sizeOf(shape), 0)
  const made = layer.init({ inputShape })
  const count = countParams(made.params)
  disposeTree(made)
  return count
}

function textOf(rows: readonly SummaryRow[], parameters: number): string {
  const cells = [
    ['path', 'layer', 'output', 'parameters'],
    ...rows.map((row) => [row.path, row.layer, `[batch, ${row.outputShape.join(', ')}]`, String(row.parameters)]),
    ['', '', 'total', String(parameters)],
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]!.length)))
  return cells
    .map((line) =>
      line.map((cell, column) => (column === 3 ? cell.padStart(widths[3]!) : cell.padEnd(widths[column]!))).join('  '),
    )
    .join('\n')
}

/**
 * How many numbers a tree of tensors holds.
 *
 * @example
 * ```ts
 * import { countParams, dense } from '@neurite/nn'
 * countParams(dense(3).init({ inputShape: [4] }).params) // => 15
 * ```
 */
export function countParams(params: Tree, ...none: readonly []): number {
  takesNoOptions('countParams', none)
  return tensorsIn(params).reduce((total, { size }) => total + size, 0)
}
