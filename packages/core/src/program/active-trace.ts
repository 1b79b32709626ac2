import type { Trace } from './trace.js'

// A file of its own: tensors ask whether a trace is running, and a trace makes tensors.
let active: Trace | undefined

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
