/** Where functions break. `zero` stands for both zeros, `negative` for all of what lies outside the domain. */
export type Point = 'NaN' | 'infinity' | '-infinity' | 'zero' | 'negative'

/** What an engine's kernels get wrong on this device. */
export interface Findings {
  /** For a kernel, the points at which its result is not the function's. */
  readonly wrongAt: ReadonlyMap<string, readonly Point[]>
  /** Odd functions that are off below 0 alone: tfjs-wasm's sin is only absolutely good there. */
  readonly mirrored: ReadonlySet<string>
  /** Kernels that are further off than float32 allows, somewhere between. */
  readonly inexact: ReadonlySet<string>
}
