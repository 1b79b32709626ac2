import { sizeOf, type DType } from '@neurite/core'
import type { AnyFitted } from '@neurite/data'
import type { InputSchema } from '../model/input.js'
import { Code } from './code.js'
import { Preprocessing, writeTransformer } from './preprocessing.js'
import { ARRAYS } from './program/emit-program.js'
import { plainText } from './text.js'

/** How a module reads what it is called with. */
export interface RowsText {
  /** Tables and functions. One is `fill(row, at)`, which puts what the model takes into x. */
  readonly text: string
  /** The expression by which `rows` is known as a single row. */
  readonly single: string
}

/** What the model takes of a row. */
export interface Features {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** How many things there are, where they are indices. */
  readonly indices: number | undefined
}

export function writeRows(schema: InputSchema, preprocessing: AnyFitted | undefined, features: Features): RowsText {
  const size = sizeOf(features.shape)
  const helpers = new Code()
  const fill = new Code()
  const to = new Preprocessing(fill, 'p')
  let row = 'row'
  if (schema.kind === 'table') row = writeCells(to, helpers, schema)
  else if (schema.shape.length > 1) row = writeNested(to, helpers, schema.shape)
  else if (schema.shape.length === 0) row = to.row('[row]')
  else
    to.refuse(
      `row?.length !== ${schema.shape[0]}`,
      `must be ${schema.shape[0]} numbers, got \${row?.length ?? typeof row}`,
    )
  if (preprocessing !== undefined) {
    if (schema.kind === 'array') {
      to.refuse(
        `!Array.prototype.every.call(${row}, (v) => typeof v === 'number' && Math.abs(v) !== Infinity)`,
        'must hold finite numbers',
      )
      row = to.row(`Array.from(${row})`)
    }
    row = writeTransformer(
      to,
      preprocessing,
      row,
      schema.kind === 'table' ? schema.columns.map(({ name }) => name) : [],
    )
  }
  fill.block(`for (let i = 0; i < ${size}; i++)`, () => {
    fill.line(`const value = ${row}[i]`)
    const [odd, expected] = whatIsOdd(features)
    to.refuse(odd, `has \${typeof value === 'number' ? value : typeof value} at \${i}; expected ${expected}`)
    fill.line('x[i] = value')
  })
  const body = new Code()
  body.line(`const x = new ${ARRAYS[features.dtype]}(${size})`)
  body.block('function fill(row, at)', () => body.append(fill))
  return {
    text: [to.tables, String(helpers), String(body)].filter((text) => text !== '').join('\n\n'),
    single: singleText(schema),
  }
}

/** When a value is none that the model takes, and what is. */
function whatIsOdd({ dtype, indices }: Features): readonly [condition: string, expected: string] {
  if (indices !== undefined)
    return [`!Number.isInteger(value) || value < 0 || value >= ${indices}`, `an index from 0 to ${indices - 1}`]
  if (dtype === 'int32') return ['value !== (value | 0)', 'a whole number']
  // In float32 it may be infinite.
  const rounded = dtype === 'float32' ? 'Math.fround(value)' : 'value'
  return [`typeof value !== 'number' || !Number.isFinite(${rounded})`, 'a finite number']
}

function singleText(schema: InputSchema): string {
  if (schema.kind === 'table') return '!Array.isArray(rows)'
  const rank = schema.shape.length
  if (rank === 0) return '!Array.isArray(rows) && !ArrayBuffer.isView(rows)'
  if (rank === 1) return "!Array.isArray(rows) || typeof rows[0] === 'number'"
  return `!Array.isArray(rows) || depth(rows) === ${rank}`
}

/** Cells by name, in the order of the columns, as numbers and text: what is missing is NaN and ''. */
function writeCells(to: Preprocessing, helpers: Code, { columns }: InputSchema & { kind: 'table' }): string {
  const names = columns.map(({ name }) => name)
  helpers.line(`const columns = ${plainText(names)}`)
  const texts = columns.map(({ type }) => (type === 'text' ? 1 : 0))
  const some = texts.includes(1)
  if (some) helpers.line(`const isText = ${plainText(texts)}`)
  helpers.block('function cell(row, at, name, i)', () => {
    helpers.line('const told = () => `predict: row ${at}, column ${JSON.stringify(name)}`')
    helpers.line(
      'if (!Object.hasOwn(row, name)) throw TypeError(`${told()} is missing; give null for a value that is not known`)',
    )
    helpers.line('const value = row[name]')
    const missing = some ? "isText[i] ? '' : NaN" : 'NaN'
    helpers.line(`if (value === null || value === undefined || Number.isNaN(value)) return ${missing}`)
    if (some) {
      helpers.block('if (isText[i])', () => {
        helpers.line("if (typeof value === 'string') return value")
        helpers.line('throw TypeError(`${told()} must be text`)')
      })
    }
    helpers.line("if (typeof value === 'boolean' || Number.isFinite(value)) return Number(value)")
    helpers.line('throw TypeError(`${told()} must be a finite number`)')
  })
  to.refuse("typeof row !== 'object' || row === null", 'must be an object with the columns ${columns.join(", ")}')
  return to.row('columns.map((name, i) => cell(row, at, name, i))')
}

/** Typed arrays have the numbers of a row one after the other; nested arrays have the shape of an example. */
function writeNested(to: Preprocessing, helpers: Code, shape: readonly number[]): string {
  const [rank, size] = [shape.length, sizeOf(shape)]
  helpers.line(`const shape = ${plainText(shape)}`)
  helpers.line(`const depth = (a) => (ArrayBuffer.isView(a) ? ${rank} : Array.isArray(a) ? 1 + depth(a[0]) : 0)`)
  helpers.block('function numbers(row, axis)', () => {
    helpers.line('if (!Array.isArray(row) || row.length !== shape[axis]) return []')
    helpers.line(`return axis === ${rank - 1} ? row : row.flatMap((part) => numbers(part, axis + 1))`)
  })
  const flat = to.row('ArrayBuffer.isView(row) ? row : numbers(row, 0)')
  to.refuse(
    `${flat}.length !== ${size}`,
    `must be arrays of shape [${shape.join(', ')}], or a typed array of ${size} numbers`,
  )
  return flat
}
