/** What has to find its column. */
export interface Columned {
  readonly id: number
  /** Whether it is made from others; inputs are not. */
  readonly made: boolean
  /** The ids of those drawn that it is made from; they stand before it. */
  readonly sources: readonly number[]
}

/** The column of each: one after the last of those it is made from, an input one before its first use. */
export function columnsOf(nodes: readonly Columned[]): Map<number, number> {
  const column = new Map<number, number>()
  for (const { id, sources } of nodes) column.set(id, Math.max(0, ...sources.map((source) => column.get(source)! + 1)))
  for (const { id, made } of nodes) {
    if (made) continue
    const uses = nodes.filter(({ sources }) => sources.includes(id))
    if (uses.length > 0) column.set(id, Math.min(...uses.map((use) => column.get(use.id)!)) - 1)
  }
  return column
}
