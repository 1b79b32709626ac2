import { WORKLOADS } from '../workloads/index.js'
import type { Workload } from '../workloads/workload.js'

/** What is measured: one of our backends, a peer, or the machine. Each runs in a process of its own. */
export interface Subject {
  /** As in `--subjects` and in the tables. */
  readonly name: string
  /** Ours are compared with the peers. A limit is what the machine can do: it takes the time that a workload takes at least, and computes nothing. */
  readonly role: 'ours' | 'peer' | 'limit'
  /** The program beside this file: TypeScript, bundled and run by Node (`*.page.ts`: by Chromium), or Python. */
  readonly program: string
  /** It needs Chromium, and a GPU for figures that mean anything: measured only if `--subjects` names it. */
  readonly gpu?: true
  /** The ids of the workloads it is asked for. Default: all. */
  readonly only?: readonly string[]
}

const allBut = (left: string): string[] => WORKLOADS.flatMap(({ id }) => (id === left ? [] : [id]))

/** What plain loops do in a moment: not the large products, nor convolutions. */
const PLAIN = ['W1', 'W1-many', 'W2', 'W3', 'W3b', 'W5-256', 'W8-digits', 'W8-tiny']

/** Networks of dense layers, a step at a time. */
const DENSE = ['W1', 'W2', 'W3', 'W3b', 'W4', 'W8-digits', 'W8-tiny']

/** Where there is enough work to share. */
const LARGE = ['W3b', 'W4', 'W5-256', 'W5-1024', 'W6', 'W7']

/** The columns of the table, in order. */
export const SUBJECTS: readonly Subject[] = [
  { name: 'cpu', role: 'ours', program: 'neurite-cpu.ts' },
  { name: 'wasm', role: 'ours', program: 'neurite-wasm.ts' },
  { name: 'wasm:2-threads', role: 'ours', program: 'neurite-wasm-2-threads.ts', only: LARGE },
  { name: 'tfjs:cpu', role: 'ours', program: 'neurite-tfjs-cpu.ts' },
  { name: 'tfjs:wasm', role: 'ours', program: 'neurite-tfjs-wasm.ts' },
  { name: 'tfjs:webgl', role: 'ours', program: 'neurite-tfjs-webgl.page.ts', gpu: true },
  { name: 'tfjs:webgpu', role: 'ours', program: 'neurite-tfjs-webgpu.page.ts', gpu: true },
  { name: 'peak-arithmetic', role: 'limit', program: 'peak-arithmetic.ts' },
  { name: 'peak-copy', role: 'limit', program: 'peak-copy.ts' },
  { name: 'wasm-floor', role: 'peer', program: 'wasm-floor.ts', only: ['W1', 'W1-many'] },
  { name: 'plain-js', role: 'peer', program: 'plain-js.ts', only: PLAIN },
  { name: 'tfjs-cpu', role: 'peer', program: 'tfjs-cpu.ts' },
  { name: 'tfjs-wasm', role: 'peer', program: 'tfjs-wasm.ts' },
  { name: 'tfjs-webgl', role: 'peer', program: 'tfjs-webgl.page.ts', gpu: true, only: allBut('W6') },
  { name: 'tfjs-webgpu', role: 'peer', program: 'tfjs-webgpu.page.ts', gpu: true },
  { name: 'jax-js', role: 'peer', program: 'jax-js.ts' },
  { name: 'onnxruntime', role: 'peer', program: 'onnxruntime.ts' },
  { name: 'convnetjs', role: 'peer', program: 'convnetjs.ts', only: allBut('W4') },
  { name: 'torch', role: 'peer', program: 'pytorch.py' },
  { name: 'scikit-learn', role: 'peer', program: 'scikit_learn.py', only: DENSE },
]

export const asksFor = ({ only }: Subject, { id }: Workload): boolean => only === undefined || only.includes(id)
