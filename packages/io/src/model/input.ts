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
import { readArray, show } from '@neurite/core/arguments'
import { FeatureMatrix, Table, type Cell, type Column } from '@neurite/data'
import { asArray, asObject, badFile, blameFile, isCount } from '@neurite/files'

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
  const single = isRow(rows)
  const names = schema.columns.map(({ name }) => name)
  if (Array.isArray(rows) || single) {
    const list = (single ? [rows] : rows) as readonly Row[]
    list.forEach((row, i) => {
      const missing = isRow(row) ? names.find((name) => !Object.hasOwn(row, name)) : names[0]
      checkArgument(missing === undefined, () => {
        const got = isRow(row) ? Object.keys(row).join(', ') : show(row)
        return `${where}: row ${i} has no column '${missing}'; expected an object with ${names.join(', ')} (null where a value is missing), got ${got}.`
      })
    })
    const columns = schema.columns.map(({ name, type }): [string, Column] => [
      name,
      toColumn(
        where,
        { name, type },
        list.map((row) => row[name]),
      ),
    ])
    return { raw: new Table(new Map(columns)), single }
  }
  const table = await normalize(where, rows)
  checkArgument(
    table instanceof Table,
    () => `${where}: this model takes rows with the columns ${names.join(', ')}; got an array without names.`,
  )
  const columns = schema.columns.map(({ name, type }): [string, Column] => {
    const column = table.column(name)
    const isNumbers = column instanceof Float64Array
    if (isNumbers === (type === 'number')) return [name, column]
    return [name, toColumn(where, { name, type }, [...column])]
  })
  return { raw: new Table(new Map(columns)), single: false }
}

async function toArray(
  where: string,
  shape: readonly number[],
  rows: Rows | Row,
): Promise<{ readonly raw: ArrayData; readonly single: boolean }> {
  if (Array.isArray(rows) && rows.length === 0)
    return { raw: { shape: [0, ...shape], data: new Float32Array() }, single: false }
  const source = isRow(rows) ? undefined : await normalize(where, rows)
  if (source !== undefined && !(source instanceof Table)) {
    const single = source.shape.length === shape.length
    const [batch, ...rest] = single ? [1, ...source.shape] : source.shape
    if (batch !== undefined && rest.length === shape.length && rest.every((extent, i) => extent === shape[i])) {
      return { raw: { shape: [batch, ...rest], data: source.data }, single }
    }
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: expected rows of shape [rows, ${shape.join(', ')}], got [${source.shape.join(', ')}].`,
      { shape: source.shape },
    )
  }
  // The model does not know the columns' names, so that it could not see whether they are in order.
  checkArgument(
    source instanceof Table && shape.length === 1 && source.columnNames.length === shape[0],
    () => `${where}: this model takes arrays of shape [rows, ${shape.join(', ')}], not rows with names.`,
  )
  return { raw: source.toMatrix(), single: false }
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
function toColumn(where: string, { name, type }: ColumnSchema, cells: readonly Cell[]): Column {
  const absent = (cell: Cell): boolean => cell === null || cell === undefined || Number.isNaN(cell)
  cells.forEach((cell, row) => {
    const fits =
      absent(cell) ||
      (type === 'text' ? typeof cell === 'string' : typeof cell === 'number' || typeof cell === 'boolean')
    checkArgument(
      fits,
      () =>
        `${where}: column '${name}' holds ${type === 'text' ? 'text' : 'numbers'}, row ${row} has ${JSON.stringify(cell)}.`,
      { column: name, row },
    )
  })
  if (type === 'text') return cells.map((cell) => (absent(cell) ? '' : String(cell)))
  return Float64Array.from(cells, (cell) => (absent(cell) ? NaN : Number(cell)))
}

/** The first rows of data that fit a schema. */
export function firstRows(raw: RawInput, count: number): RawInput {
  if (raw instanceof Table) return raw.rows(Array.from({ length: Math.min(count, raw.numRows) }, (_, i) => i))
  const [rows = 0, ...rest] = raw.shape
  const kept = Math.min(count, rows)
  return { shape: [kept, ...rest], data: raw.data.slice(0, kept * sizeOf(rest)) }
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
  return blameFile(`${where}: the golden rows`, () => {
    const cells = (j: number): Cell[] => rows.map((row) => row[j] as Cell)
    return new Table(new Map(columns.map((column, j) => [column.name, toColumn(where, column, cells(j))])))
  })
}

/** A schema from a file. */
export function readSchema(where: string, json: Json): InputSchema {
  const { kind, columns, shape, dtype } = asObject(json) ?? {}
  const extents = asArray(shape)
  if (
    kind === 'array' &&
    extents?.every(isCount) &&
    (dtype === 'float32' || dtype === 'float64' || dtype === 'int32')
  ) {
    return { kind, shape: extents, dtype }
  }
  const list = asArray(columns)?.map((column) => asObject(column) ?? {})
  const known = list?.every(
    (column): column is { name: string; type: 'number' | 'text' } =>
      typeof column['name'] === 'string' && (column['type'] === 'number' || column['type'] === 'text'),
  )
  if (kind === 'table' && list !== undefined && known && new Set(list.map(({ name }) => name)).size === list.length) {
    return { kind, columns: list.map(({ name, type }) => ({ name, type })) }
  }
  throw badFile(where, 'the input is described neither as a table nor as an array')
}

/** An array in the dtype that a model computes in; whole numbers stay so where the model takes them. */
export function castTo(dtype: DType, { shape, data }: ArrayData): ArrayData {
  const cast = allocate(dtype, data.length)
  cast.set(data)
  return { shape, data: cast }
}
