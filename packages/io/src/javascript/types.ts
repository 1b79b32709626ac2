import type { InputSchema } from '../model/input.js'
import type { AnswersText } from './answers.js'
import { stringText } from './text.js'

const TYPED = 'Float32Array | Float64Array | Int32Array | Uint8Array | Uint8ClampedArray'

/** The declarations of a module. */
export function writeTypes(
  schema: InputSchema,
  { type, hasProbabilities }: AnswersText,
  labels: string | undefined,
): string {
  const answers = (name: string, what: string, one: string): string[] => [
    '',
    `/** ${what}: one for a row, an array of them for an array of rows. Throws a TypeError for what is no row. */`,
    `export function ${name}(rows: readonly Row[]): ${one}[]`,
    `export function ${name}(row: Row): ${one}`,
  ]
  const lines = [
    '/** What the model takes. */',
    ...rowType(schema),
    '',
    '/** What the model says. */',
    `export type Prediction = ${type}`,
    ...(labels === undefined
      ? []
      : ['', '/** The labels, in the order of their probabilities. */', `export const labels: ${labels}`]),
    ...answers('predict', 'What the model says', 'Prediction'),
    ...(hasProbabilities ? answers('predictProbabilities', 'How probable each label is', 'number[]') : []),
  ]
  return `${lines.join('\n')}\n`
}

function rowType(schema: InputSchema): string[] {
  if (schema.kind === 'table') {
    const cells = schema.columns.map(
      ({ name, type }) =>
        `  readonly ${stringText(name)}: ${type === 'text' ? 'string' : 'number | boolean'} | null | undefined`,
    )
    return ['export interface Row {', ...cells, '}']
  }
  const rank = schema.shape.length
  if (rank === 0) return ['export type Row = number']
  let nested = 'number'
  for (let axis = 0; axis < rank; axis++) nested = axis === 0 ? 'readonly number[]' : `readonly (${nested})[]`
  return [`export type Row = ${nested} | ${TYPED}`]
}
