import { checkArgument } from '@neurite/core'
import type { TraceNode } from './trace.js'

/** The ids of a value and of all that is made from it: the way from it to the loss. */
export function reachedFrom(where: string, nodes: readonly TraceNode[], name: string): Set<number> {
  const start = nodes.find((node) => node.name === name && node.gradient !== null)
  checkArgument(
    start !== undefined,
    () =>
      `${where} must be the name of a value that has a gradient, got ${JSON.stringify(name)}; the trace has ${nodes.flatMap((node) => (node.gradient === null ? [] : [node.name])).join(', ')}.`,
    { name },
  )
  const reached = new Set([start.id])
  for (const { id, inputs } of nodes) if (inputs.some(({ from }) => reached.has(from))) reached.add(id)
  return reached
}
