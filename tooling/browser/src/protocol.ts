/** The backends that the page knows, by the name it takes. */
export const BACKENDS = ['cpu', 'wasm', 'wasm:2', 'tfjs:cpu', 'tfjs:wasm', 'tfjs:webgl', 'tfjs:webgpu'] as const

export type BackendName = (typeof BACKENDS)[number]

/** What the page is asked to do. */
export interface Order {
  readonly backend: BackendName
  readonly seed: number
  readonly runs: number
  /** Only tests whose full name has this in it. */
  readonly only: string
}

/** What became of one test. */
export interface Outcome {
  readonly path: readonly string[]
  readonly name: string
  readonly milliseconds: number
  readonly error?: string
}

/** What the page says before it begins. */
export type Start =
  | {
      readonly available: true
      readonly tests: number
      readonly capabilities: string
      readonly missing: readonly string[]
    }
  | { readonly available: false; readonly reason: string }

/** Functions of the page that the harness calls, and of the harness that the page calls. */
export interface PageWindow {
  startSuite(order: Order): Promise<Start>
  runSuite(): Promise<void>
  reportOutcome(outcome: Outcome): Promise<void>
}
