import { WORKLOADS } from '../workloads/index.js'
import type { Workload } from '../workloads/workload.js'

/** What is measured: one of our backends, or a peer. Each runs in a process of its own. */
export interface Subject {
  /** As in `--subjects` and in the tables. */
  readonly name: string
  /** Ours are compared with the peers. */
  readonly role: 'ours' | 'peer'
  /** The program beside this file: TypeScript, bundled and run by Node (`*.page.ts`: by Chromium), or Python. */
  readonly program: string
  /** It needs Chromium, and a GPU for figures that mean anything: measured only if `--subjects` names it. */
  readonly gpu?: true
  /** The ids of the workloads it is asked for. Default: all. */
  readonly only?: readonly string[]
}

const ALL_BUT_W6 = WORKLOADS.flatMap(({ id }) => (id === 'W6' ? [] : [id]))

/** The columns of the table, in order. */
export const SUBJECTS: readonly Subject[] = [
  { name: 'cpu', role: 'ours', program: 'neurite-cpu.ts' },
  { name: 'tfjs:cpu', role: 'ours', program: 'neurite-tfjs-cpu.ts' },
  { name: 'tfjs:wasm', role: 'ours', program: 'neurite-tfjs-wasm.ts' },
  { name: 'tfjs:webgl', role: 'ours', program: 'neurite-tfjs-webgl.page.ts', gpu: true },
  { name: 'tfjs:webgpu', role: 'ours', program: 'neurite-tfjs-webgpu.page.ts', gpu: true },
  { name: 'plain-js', role: 'peer', program: 'plain-js.ts', only: ['W1'] },
  { name: 'tfjs-cpu', role: 'peer', program: 'tfjs-cpu.ts' },
  { name: 'tfjs-wasm', role: 'peer', program: 'tfjs-wasm.ts' },
  { name: 'tfjs-webgl', role: 'peer', program: 'tfjs-webgl.page.ts', gpu: true, only: ALL_BUT_W6 },
  { name: 'tfjs-webgpu', role: 'peer', program: 'tfjs-webgpu.page.ts', gpu: true },
  { name: 'convnetjs', role: 'peer', program: 'convnetjs.ts', only: ['W1', 'W3', 'W6', 'W8-digits', 'W8-tiny'] },
  { name: 'torch', role: 'peer', program: 'pytorch.py' },
]

export const asksFor = ({ only }: Subject, { id }: Workload): boolean => only === undefined || only.includes(id)
