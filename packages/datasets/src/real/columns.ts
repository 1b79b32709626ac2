/** Named columns, of numbers or of text: what `Table.fromColumns` of @neurite/data takes. */
export type Columns<Numbers extends string, Text extends string = never> = {
  readonly [Name in Numbers]: Float64Array
} & { readonly [Name in Text]: readonly string[] }

/** The columns of an embedded table, new arrays at each call. It has no quotes, and nothing is missing. */
export function readColumns(csv: string, text?: string): Readonly<Record<string, Float64Array | readonly string[]>> {
  const [names = [], ...rows] = csv.split('\n').map((line) => line.split(','))
  const columns = names.map((name, j) => {
    const cells = rows.map((row) => row[j] ?? '')
    return [name, name === text ? cells : Float64Array.from(cells, Number)] as const
  })
  return Object.fromEntries(columns)
}
