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
    ['W1', 'wasm-floor', 1 / 4],
    ['W1-many', 'wasm-floor', 1 / 3],
    ['W1', 'tfjs-wasm', 150],
    ['W1', 'torch', 50],
    ['W2', 'tfjs-wasm', 35],
    ['W2', 'torch', 8],
    ['W3', 'tfjs-wasm', 8],
    ['W3', 'torch', 1 / 2],
    ['W3b', 'tfjs-wasm', 8],
    ['W3b', 'torch', 1 / 2],
    ['W4', 'tfjs-wasm', 20],
    ['W5-1024', 'peak-arithmetic', 0.8],
    ['W5-1024', 'tfjs-wasm', 1],
    ['W5-1024', 'jax-js', 1],
    ['W6', 'tfjs-cpu', 100],
    ['W6', 'convnetjs', 5],
    ['W6', 'torch', 1 / 4],
    ['W7', 'tfjs-wasm', 1],
    ['W8-digits', 'tfjs-wasm', 10],
    ['W8-tiny', 'tfjs-wasm', 10],
  ]),
  ...of('wasm:2-threads', 'aim', [['W4', 'wasm', 1.7]]),
]

/** Gzipped thousands of bytes of a program that trains W1, at most. */
export const BUNDLE_AIMS: Readonly<Record<string, number>> = { cpu: 27, wasm: 45, 'wasm, shipped': 12 }

/** What stands around the kernels, at most, by the names that programs/overhead.ts gives: seconds, or times another one of them. */
export const OVERHEAD_AIMS: Readonly<Record<string, { readonly atMost: number; readonly times?: string }>> = {
  'a compiled call of 10 tensors, without its kernels': { atMost: 1.5e-6 },
  'cpu: one iteration of fit, W1': { atMost: 1.5, times: 'cpu: one compiled step of W1' },
  'cpu: one prediction of W1': { atMost: 2e-6 },
  'wasm: one iteration of fit, W1': { atMost: 3, times: 'wasm: one compiled step of W1' },
  'wasm: one prediction of W1': { atMost: 1.5e-6 },
}

/** A cold start against tfjs-cpu's: at most this part of its seconds and of its memory. */
export const COLD_START_AIM = 1 / 2

/** A cold start against another one of ours: at most so many seconds more. */
export const COLD_START_MORE: Readonly<Record<string, { readonly than: string; readonly seconds: number }>> = {
  wasm: { than: 'cpu', seconds: 0.03 },
}

/**
 * What CI holds: the best of many short rounds beside a floor's best in the same run. Wide, so that only something broken exceeds it
 * (a step that is interpreted, a kernel that lost its vectors), and no busy machine.
 */
export const GUARDS: readonly Guard[] = [
  // At the ends of the lines, what they were when this was written, on a machine with a load of 8 a core; between such runs they differ by a sixth.
  { workload: 'W1', subject: 'wasm', floor: 'wasm-floor', atMost: 20 }, // 9
  { workload: 'W1-many', subject: 'wasm', floor: 'wasm-floor', atMost: 9 }, // 3
  { workload: 'W3', subject: 'wasm', floor: 'peak-arithmetic', atMost: 4 }, // 1.3
  { workload: 'W5-256', subject: 'wasm', floor: 'peak-arithmetic', atMost: 3 }, // 1.1
  { workload: 'W1', subject: 'cpu', floor: 'plain-js', atMost: 4 }, // 1.5
  { workload: 'W3', subject: 'cpu', floor: 'peak-arithmetic', atMost: 18 }, // 6.3
  { workload: 'W5-256', subject: 'cpu', floor: 'peak-arithmetic', atMost: 13 }, // 4.3
]

export interface Guard {
  readonly workload: string
  readonly subject: string
  readonly floor: string
  /** The subject's time by the floor's. */
  readonly atMost: number
}
