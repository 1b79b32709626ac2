import {
  allocate,
  checkArgument,
  NeuriteError,
  sizeOf,
  type ArrayData,
  type ArraySource,
  type DType,
  type Json,
} from '@neurite/core'
import {
  anObject,
  aString,
  listOf,
  oneOf,
  readArray,
  readOptions,
  show,
  whole,
  type Reader,
} from '@neurite/core/arguments'
import { FeatureMatrix, Table, type Cell, type Column } from '@neurite/data'
import { asArray, badFile, blameFile } from '@neurite/files'

/** A row before any preprocessing: a cell for each column, by name. null, undefined and NaN are missing values. */
export type Row = Readonly<Record<string, Cell>>

/** Several rows, before any preprocessing. Tables and named matrices are taken by name, other data by position. */
export type Rows = Table | readonly Row[] | ArraySource

/** What a model takes, as its file says it. */
export type InputSchema =
  | { readonly kind: 'table'; readonly columns: readonly ColumnSchema[] }
  /** Without names: `shape` is that of one example. */
  | { readonly kind: 'array'; readonly shape: readonly number[]; readonly dtype: DType }

/** A column's name and what it holds. */
export interface ColumnSchema {
  readonly name: string
  readonly type: 'number' | 'text'
}

/** Data that were brought to a schema: the right columns in the right order, or an array of the right shape. */
export type RawInput = Table | ArrayData

/** The schema of these rows; a table's target is no input. `where` names the caller in errors, here and below. */
export async function schemaOf(where: string, rows: Rows): Promise<InputSchema> {
  const raw = await normalize(where, rows)
  checkArgument(
    raw instanceof Table || raw.shape.length > 0,
    () => `${where}: rows must have an axis of rows, got one number.`,
  )
  if (!(raw instanceof Table)) return { kind: 'array', shape: raw.shape.slice(1), dtype: dtypeOfInput(raw) }
  const columns = raw.columnNames
    .filter((name) => name !== raw.target)
    .map((name): ColumnSchema => ({ name, type: raw.column(name) instanceof Float64Array ? 'number' : 'text' }))
  return { kind: 'table', columns }
}

/** Whole numbers stay so, for embeddings; bytes, as images come, are numbers. */
export function dtypeOfInput({ data }: ArrayData): DType {
  return data instanceof Int32Array ? 'int32' : data instanceof Float64Array ? 'float64' : 'float32'
}

/**
 * Rows brought to a schema, and whether they were a single row without the axis of rows.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a column that is missing or of another type; `SHAPE_MISMATCH`
 */
export async function fitToSchema(
  where: string,
  schema: InputSchema,
  rows: Rows | Row,
): Promise<{ readonly raw: RawInput; readonly single: boolean }> {
  if (schema.kind === 'array') return toArray(where, schema.shape, rows)
  const names = schema.columns.map(({ name }) => name)
  const single = isRow(rows)
  const list = single ? [rows] : Array.isArray(rows) ? (rows as readonly Row[]) : undefined
  list?.forEach((row, i) => {
    const missing = isRow(row) ? names.find((name) => !Object.hasOwn(row, name)) : names[0]
    checkArgument(missing === undefined, () => {
      const got = isRow(row) ? Object.keys(row).join(', ') : show(row)
      return `${where}: row ${i} has no column '${missing}'; expected an object with ${names.join(', ')} (null where a value is missing), got ${got}.`
    })
  })
  const table = list === undefined ? await normalize(where, rows) : undefined
  checkArgument(
    table === undefined || table instanceof Table,
    () => `${where}: this model takes rows with the columns ${names.join(', ')}; got an array without names.`,
  )
  return { raw: tableOf(where, schema.columns, (name) => table?.column(name) ?? list!.map((row) => row[name])), single }
}

function tableOf(
  where: string,
  columns: readonly ColumnSchema[],
  cells: (name: string, i: number) => readonly Cell[] | Column,
): Table {
  return new Table(new Map(columns.map((column, i) => [column.name, toColumn(where, column, cells(column.name, i))])))
}

async function toArray(
  where: string,
  shape: readonly number[],
  rows: Rows | Row,
): Promise<{ readonly raw: ArrayData; readonly single: boolean }> {
  const none = Array.isArray(rows) && rows.length === 0
  const given = none
    ? { shape: [0, ...shape], data: new Float32Array() }
    : isRow(rows)
      ? undefined
      : await normalize(where, rows)
  // The model does not know the columns' names, so that it could not see whether they are in order.
  const source = given instanceof Table && given.columnNames.length === shape[0] ? given.toMatrix() : given
  checkArgument(
    source !== undefined && 'data' in source,
    () => `${where}: this model takes arrays of shape [rows, ${shape.join(', ')}], not rows with names.`,
  )
  const single = source.shape.length === shape.length
  const full = single ? [1, ...source.shape] : source.shape
  if (full.length !== shape.length + 1 || shape.some((extent, i) => extent !== full[i + 1])) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: expected rows of shape [rows, ${shape.join(', ')}], got [${source.shape.join(', ')}].`,
      { shape: source.shape },
    )
  }
  return { raw: { shape: full, data: source.data }, single }
}

/** A single row with names: a plain object that is no `{ shape, data }`. */
function isRow(rows: unknown): rows is Row {
  if (typeof rows !== 'object' || rows === null || 'toHost' in rows || ArrayBuffer.isView(rows)) return false
  return (
    !Array.isArray(rows) && !(rows instanceof Table) && !('shape' in rows && ArrayBuffer.isView(rows['data' as never]))
  )
}

/** Named data as a table, other data as an array. */
async function normalize(where: string, rows: Rows | Row): Promise<RawInput> {
  if (rows instanceof Table) return rows
  if (Array.isArray(rows) && rows.some(isRow)) return Table.fromRows(rows as readonly Row[])
  if (!(rows instanceof FeatureMatrix) || rows.columns === undefined) return readArray(`${where}: rows`, rows)
  const [length, width] = rows.shape
  const columns = rows.columns.map((name, j): [string, Column] => {
    return [name, Float64Array.from({ length }, (_, i) => rows.data[i * width + j]!)]
  })
  return new Table(new Map(columns))
}

/** A column of the type that the schema says; a table could only guess it from the few cells of one row. */
function toColumn(where: string, { name, type }: ColumnSchema, cells: readonly Cell[] | Column): Column {
  if (type === 'number' && cells instanceof Float64Array) return cells
  const list: readonly Cell[] = Array.from(cells)
  const absent = (cell: Cell): boolean => cell === null || cell === undefined || Number.isNaN(cell)
  const allowed = type === 'text' ? ['string'] : ['number', 'boolean']
  const row = list.findIndex((cell) => !absent(cell) && !allowed.includes(typeof cell))
  checkArgument(
    row < 0,
    () =>
      `${where}: column '${name}' holds ${type === 'text' ? 'text' : 'numbers'}, row ${row} has ${show(list[row])}.`,
    { column: name, row },
  )
  if (type === 'text') return list.map((cell) => (absent(cell) ? '' : String(cell)))
  return Float64Array.from(list, (cell) => (absent(cell) ? NaN : Number(cell)))
}

/** The rows from `from` to before `to` of data that fit a schema; fewer where there are fewer, and the data itself where it has no others. */
export function rowsBetween(raw: ArrayData, from: number, to: number): ArrayData
export function rowsBetween(raw: RawInput, from: number, to: number): RawInput
export function rowsBetween(raw: RawInput, from: number, to: number): RawInput {
  const count = Math.min(to, countRows(raw)) - from
  if (count === countRows(raw)) return raw
  if (raw instanceof Table) return raw.rows(Array.from({ length: count }, (_, i) => from + i))
  const rest = raw.shape.slice(1)
  const width = sizeOf(rest)
  return { shape: [count, ...rest], data: raw.data.slice(from * width, (from + count) * width) }
}

/** How many rows there are. */
export function countRows(raw: RawInput): number {
  return raw instanceof Table ? raw.numRows : raw.shape[0]!
}

/** A table's rows as plain data, without the names; a missing number is null. */
export function cellsOf(table: Table): Json {
  return Array.from({ length: table.numRows }, (_, i) =>
    Object.values(table.columnNames).map((name) => {
      const cell = table.column(name)[i]!
      return typeof cell === 'number' && !Number.isFinite(cell) ? null : cell
    }),
  )
}

/** The opposite of {@link cellsOf}. */
export function tableFromCells(where: string, columns: readonly ColumnSchema[], cells: Json | undefined): Table {
  const rows = (asArray(cells) ?? []).map((row) => asArray(row) ?? [])
  if (rows.length === 0 || rows.some((row) => row.length !== columns.length)) {
    throw badFile(where, 'the golden rows do not have a cell for each column')
  }
  return blameFile(`${where}: the golden rows`, () =>
    tableOf(where, columns, (_, j) => rows.map((row) => row[j] as Cell)),
  )
}

/**
 * A schema from a file.
 *
 * @throws NeuriteError `BAD_FILE`
 */
export function readSchema(where: string, json: Json | undefined): InputSchema {
  return blameFile(`${where}: the input`, () => {
    const schema = anObject('schema', 'input', json) as InputSchema
    if (schema.kind === 'array') {
      const dtype = oneOf('float32', 'float64', 'int32')
      return readOptions('array', schema, { kind: oneOf('array'), shape: listOf(whole(0)), dtype })
    }
    const aColumn: Reader<ColumnSchema> = (place, name, column) =>
      readOptions(`${place}: ${name}`, column as ColumnSchema, { name: aString, type: oneOf('number', 'text') })
    const { kind, columns } = readOptions('table', schema, { kind: oneOf('table'), columns: listOf(aColumn) })
    const names = new Set<string>()
    for (const { name } of columns) {
      checkArgument(!names.has(name), () => `table: the column '${name}' stands twice.`)
      names.add(name)
    }
    return { kind, columns }
  })
}

/** An array in the dtype that a model computes in; whole numbers stay so where the model takes them. */
export function castTo(dtype: DType, { shape, data }: ArrayData): ArrayData {
  const cast = allocate(dtype, data.length)
  cast.set(data)
  return { shape, data: cast }
}
