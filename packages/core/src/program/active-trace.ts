import type { Trace } from './trace.js'

// A file of its own: tensors ask whether a trace is running, and a trace makes tensors.
let active: Trace | undefined
let scope = ''

export function activeTrace(): Trace | undefined {
  return active
}

/** Runs `f` with every operation going into `trace` (or, with `undefined`, running for real). */
export function withTrace<T>(trace: Trace | undefined, f: () => T): T {
  const before = active
  active = trace
  try {
    return f()
  } finally {
    active = before
  }
}

/** The names of the {@link namedScope}s that are running, outermost first; '' for none. */
export function activeScope(): string {
  return scope
}

/**
 * Runs `f` under a name: what is traced in it carries the name in its `scope`, after those of the scopes around it, and so does
 * the way back from it (`gradient of ...`). Layers and containers name themselves: `sequential[2] dense`. Names are for people, and
 * change nothing.
 *
 * @example
 * ```ts
 * import { exp, namedScope, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => namedScope('outer', () => namedScope('inner', () => exp(x))))(tensor(1))
 * program.instructions[0]?.scope // => 'outer inner'
 * ```
 */
export function namedScope<T>(name: string, f: () => T): T {
  const before = scope
  scope = before === '' ? name : `${before} ${name}`
  try {
    return f()
  } finally {
    scope = before
  }
}
