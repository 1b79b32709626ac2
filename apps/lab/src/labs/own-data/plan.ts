/** What is decided about a training, as plain data: the lab computes from it, and writes the program from it. */
export interface Choices {
  readonly target: string
  /** Classes are told apart, values are estimated. */
  readonly task: Task
  readonly features: readonly string[]
  readonly scaling: Scaling
  /** Of a target of values: whether the network learns its z-score. */
  readonly scaleTarget: boolean
  /** Units of each hidden layer. */
  readonly hidden: readonly number[]
  readonly activation: Activation
  readonly learningRate: number
  readonly batchSize: number
  readonly epochs: number
  readonly seed: number
}

export const SCALINGS = ['none', 'minMax', 'standard'] as const
export type Scaling = (typeof SCALINGS)[number]
export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'gelu'] as const
export type Activation = (typeof ACTIVATIONS)[number]
export type Task = 'classes' | 'values'

/** Shares of the rows: the test part first, the validation part of what is left, so that 3/5, 1/5 and 1/5 come out. */
export const TEST = 0.2
export const VALIDATION = 0.25

/** What is known of a column before anything is chosen. */
export interface ColumnFacts {
  readonly name: string
  readonly type: 'number' | 'text'
  /** Cells without a value. */
  readonly missing: number
}

/** Columns that are prepared alike. */
export interface Part {
  readonly columns: readonly string[]
  readonly type: 'number' | 'text'
  /** Whether gaps are filled with the mean. To an encoder of text a gap is a category like any other. */
  readonly fill: boolean
}

/** How the features are prepared, in the order of the network's inputs. */
export function partsOf(features: readonly string[], columns: readonly ColumnFacts[]): readonly Part[] {
  const chosen = columns.filter(({ name }) => features.includes(name))
  const part = (type: Part['type'], fill: boolean): Part => ({
    columns: chosen
      .filter((column) => column.type === type && (type === 'text' || column.missing > 0 === fill))
      .map(({ name }) => name),
    type,
    fill,
  })
  return [part('number', false), part('number', true), part('text', false)].filter(({ columns: own }) => own.length > 0)
}
