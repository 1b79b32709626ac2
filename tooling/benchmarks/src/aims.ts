/** How fast a subject should be, beside a peer in the same run. */
export interface Aim {
  readonly subject: string
  readonly workload: string
  readonly peer: string
  /** The peer's time divided by ours. */
  readonly atLeast: number
  /** A floor must hold; an aim is where we want to be. */
  readonly kind: 'floor' | 'aim'
}

type Rows = readonly (readonly [workload: string, peer: string, atLeast: number])[]

const of = (subject: string, kind: 'floor' | 'aim', rows: Rows): Aim[] =>
  rows.map(([workload, peer, atLeast]) => ({ subject, workload, peer, atLeast, kind }))

/** All that is promised of speed. Rows whose subject or peer is not measured are not shown. */
export const AIMS: readonly Aim[] = [
  ...of('cpu', 'floor', [
    ['W1', 'tfjs-cpu', 25],
    ['W5-1024', 'tfjs-cpu', 4],
  ]),
  ...of('cpu', 'aim', [
    ['W1', 'tfjs-cpu', 60],
    ['W1', 'torch', 20],
    ['W1', 'convnetjs', 1],
    ['W1', 'plain-js', 1 / 1.3],
    ['W2', 'tfjs-cpu', 30],
    ['W3', 'tfjs-cpu', 5],
    ['W3', 'convnetjs', 3],
    ['W4', 'tfjs-cpu', 5],
    ['W5-1024', 'tfjs-cpu', 5],
    ['W6', 'tfjs-cpu', 30],
    ['W6', 'convnetjs', 1.7],
    ['W7', 'tfjs-cpu', 40],
    ['W8-digits', 'tfjs-cpu', 20],
    ['W8-tiny', 'tfjs-cpu', 20],
  ]),
  // Through our layer an engine is never slower than plain tfjs on it.
  ...['cpu', 'wasm', 'webgl', 'webgpu'].flatMap((engine) =>
    of(
      `tfjs:${engine}`,
      'aim',
      ['W1', 'W2', 'W3', 'W3b', 'W4', ...(engine === 'webgl' ? [] : ['W6'])].map(
        (workload) => [workload, `tfjs-${engine}`, 1] as const,
      ),
    ),
  ),
  ...of('wasm', 'aim', [
    ['W1', 'tfjs-wasm', 150],
    ['W1', 'plain-js', 1],
    ['W2', 'tfjs-wasm', 60],
    ['W3', 'tfjs-wasm', 8],
    ['W3', 'torch', 1 / 2],
    ['W4', 'tfjs-wasm', 40],
    ['W5-1024', 'tfjs-wasm', 1.1],
    ['W6', 'tfjs-cpu', 120],
    ['W7', 'tfjs-wasm', 1],
    ['W8-digits', 'tfjs-wasm', 5],
    ['W8-tiny', 'tfjs-wasm', 5],
  ]),
  ...of('wasm:2-threads', 'aim', [
    ['W4', 'tfjs-wasm', 70],
    ['W5-1024', 'tfjs-wasm', 2],
  ]),
]

/** Gzipped thousands of bytes of a program that trains W1, at most. */
export const BUNDLE_AIMS: Readonly<Record<string, number>> = { cpu: 27, wasm: 45 }

/** What stands around the kernels, at most, by the names in programs/overhead.ts: seconds, or times another one of them. */
export const OVERHEAD_AIMS: Readonly<Record<string, { readonly atMost: number; readonly times?: string }>> = {
  'a compiled call of 10 tensors, without its kernels': { atMost: 1.5e-6 },
  'W1: one iteration of fit': { atMost: 1.5, times: 'W1: one compiled step' },
  'one prediction of W1': { atMost: 2e-6 },
}

/** A cold start against tfjs-cpu's: at most this part of its seconds and of its memory. */
export const COLD_START_AIM = 1 / 2
