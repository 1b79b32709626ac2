import { isWorthwhile, tasksOf, type ColumnSummary } from './describe.js'
import type { Choices, Task } from './plan.js'

/** The column to predict: the last one that can be told. */
export function suggestedTarget(columns: readonly ColumnSummary[]): number {
  return columns.findLastIndex((column) => tasksOf(column).length > 0)
}

/** What a table seems made for; undefined if no column can be a target. */
export function suggested(
  columns: readonly ColumnSummary[],
  rows: number,
): Pick<Choices, 'target' | 'task' | 'features'> | undefined {
  const target = columns[suggestedTarget(columns)]
  if (target === undefined) return undefined
  const task: Task = tasksOf(target)[0]!
  const features = columns.filter((column) => column !== target && isWorthwhile(column, rows)).map(({ name }) => name)
  return { target: target.name, task, features }
}
