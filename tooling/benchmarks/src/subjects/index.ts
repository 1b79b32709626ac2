import type { Workload } from '../workloads/workload.js'

/** What is measured: one of our backends, or a peer. Each runs in a process of its own. */
export interface Subject {
  /** As in `--subjects` and in the tables. */
  readonly name: string
  /** Ours are compared with the peers. */
  readonly role: 'ours' | 'peer'
  /** The program beside this file: TypeScript, bundled and run by Node, or Python. */
  readonly program: string
  /** The ids of the workloads it is asked for. Default: all. */
  readonly only?: readonly string[]
}

/** The columns of the table, in order. */
export const SUBJECTS: readonly Subject[] = [
  { name: 'cpu', role: 'ours', program: 'neurite-cpu.ts' },
  { name: 'tfjs:cpu', role: 'ours', program: 'neurite-tfjs-cpu.ts' },
  { name: 'tfjs:wasm', role: 'ours', program: 'neurite-tfjs-wasm.ts' },
  { name: 'plain-js', role: 'peer', program: 'plain-js.ts', only: ['W1'] },
  { name: 'tfjs-cpu', role: 'peer', program: 'tfjs-cpu.ts' },
  { name: 'tfjs-wasm', role: 'peer', program: 'tfjs-wasm.ts' },
  { name: 'convnetjs', role: 'peer', program: 'convnetjs.ts', only: ['W1', 'W3', 'W6', 'W8-digits', 'W8-tiny'] },
  { name: 'torch', role: 'peer', program: 'pytorch.py' },
]

export const asksFor = ({ only }: Subject, { id }: Workload): boolean => only === undefined || only.includes(id)
